using CiCompliance.Attestations;
using CiCompliance.Diagnostics;
using CiCompliance.Evidence;
using CiCompliance.Publishing;

namespace CiCompliance.Core.Tests.Publishing;

public sealed class PublicationTests
{
    private static readonly Finding Unsigned = new(new Diagnostic("CIC1001", DiagnosticKind.NotCompliant, ""), "commit " + new string('e', 40), new("unsigned", "未签名"), new("Sign it", "请签名"));

    [Test]
    public void Open_WhenTheFolderIsAsSealed_SaysWhatItSays()
    {
        using var folder = new SealedFolder();
        using var publication = Open(folder);

        (publication.Verdict, publication.ExitCode, publication.IsDeployable).ShouldBe((Verdict.Pass, 0, true));
        publication.Log.ShouldBe(new LogReference("persistent", "log.example.test/ci", SealedFolder.LogIndex, Convert.ToHexStringLower(CiCompliance.TransparencyLog.MerkleProof.LeafHash("{\"entry\":1}"u8))));
        publication.ExternalId.ShouldBe(publication.Seal!.Sha256);
    }

    [Test]
    public void Open_WhenAFileOfTheFolderChanged_IsRefused([Values("evidence.json", "report.html", "bin/app-linux-amd64", "seal/manifest.json", "seal/manifest.sm2.dsse.json", "seal/manifest.sigstore.json")] string name)
    {
        using var folder = new SealedFolder();
        var path = Path.Combine(folder.Path, name);
        File.WriteAllBytes(path, [.. File.ReadAllBytes(path), (byte)' ']);

        Refused(folder).Diagnostic.ShouldBe(PublishingDiagnostics.FolderChanged);
    }

    [Test]
    public void Open_WhenAFileIsMissingOrExtra_IsRefused([Values("report.html", "seal/manifest.json", "seal/manifest.sm2.dsse.json", "evidence.json", "policy/policy.json")] string missing)
    {
        using var folder = new SealedFolder();
        File.Delete(Path.Combine(folder.Path, missing));
        using var other = new SealedFolder();
        other.Write("extra.txt", [1]);
        using var linked = new SealedFolder();
        File.CreateSymbolicLink(Path.Combine(linked.Path, "link"), "/etc/passwd");

        Refused(folder).Diagnostic.ShouldBe(PublishingDiagnostics.FolderChanged);
        Refused(other).Origin.ShouldBe("extra.txt");
        Refused(linked).Diagnostic.ShouldBe(PublishingDiagnostics.FolderChanged);
    }

    [Test]
    public void Open_WhenTheLogEntryIsOfAnotherSeal_IsRefused()
    {
        using var folder = new SealedFolder();
        using var other = new SealedFolder(mode: RunMode.Demonstration);
        folder.Write(EvidencePaths.ManifestSigstore, File.ReadAllBytes(Path.Combine(other.Path, EvidencePaths.ManifestSigstore)));

        Refused(folder).Origin.ShouldBe(EvidencePaths.ManifestSigstore);
    }

    [Test]
    public void Open_WhenThereIsNoFolder_IsUndecided()
    {
        using var temp = new TempDirectory();

        Should.Throw<CiComplianceException>(() => Publication.Open(temp.Combine("none"), HandedOver.Unknown, SealedFolder.Digests, CancellationToken.None))
            .Diagnostic.Kind.ShouldBe(DiagnosticKind.Undecided);
    }

    [Test]
    public void Verdict_OfAFolderWithoutSeal_IsNeverAPass()
    {
        using var folder = new SealedFolder(isSealed: false);
        using var publication = Open(folder);

        (publication.Verdict, publication.ExitCode, publication.IsDeployable, publication.Log).ShouldBe((Verdict.Undecided, 3, false, null));
    }

    [Test]
    public void Verdict_OfARefusedRun_IsFailWithItsExitCode()
    {
        using var folder = new SealedFolder([Unsigned], isSealed: false);
        using var publication = Open(folder);

        (publication.Verdict, publication.ExitCode).ShouldBe((Verdict.Fail, 1));
    }

    [Test]
    public void Open_OfAForgeryThatFitsItsOwnSeal_IsNotDeployableWithoutTheDigest()
    {
        // What anybody can write who can write the folder: other outputs, and a seal without a signature that fits them.
        using var folder = new SealedFolder();
        folder.Write("bin/app-linux-amd64", "malware"u8.ToArray());
        Directory.Delete(Path.Combine(folder.Path, "seal"), recursive: true);
        folder.Seal();

        using var publication = Publication.Open(folder.Path, HandedOver.Unknown, SealedFolder.Digests, CancellationToken.None);

        (publication.IsDeployable, publication.Doubt!.Value.En).ShouldBe((false, "no expected digest"));
        SummaryText.Title(publication).En.ShouldStartWith("Do not deploy (no expected digest)");
        publication.ExternalId.ShouldNotBe(publication.Seal!.Sha256);
    }

    [Test]
    public void Open_OfAnotherFolderThanWasHandedOver_IsRefused()
    {
        using var folder = new SealedFolder();
        var handedOver = new HandedOver(folder.Digest, IsUnsealed: false);
        folder.Write("bin/app-linux-amd64", "malware"u8.ToArray());
        Directory.Delete(Path.Combine(folder.Path, "seal"), recursive: true);
        folder.Seal();

        Should.Throw<CiComplianceException>(() => Publication.Open(folder.Path, handedOver, SealedFolder.Digests, CancellationToken.None))
            .Diagnostic.ShouldBe(EvidenceDiagnostics.HandoverDiffers);
    }

    [Test]
    public void Open_OfAnUnsealedFolderThatGotASeal_IsRefusedWhateverItsDigest()
    {
        using var folder = new SealedFolder();
        using var almost = new SealedFolder(isSealed: false);
        almost.Write("seal/other", [1]);

        Should.Throw<CiComplianceException>(() => Published.Open(folder, isUnsealed: true)).Diagnostic.ShouldBe(PublishingDiagnostics.SealUnexpected);
        Should.Throw<CiComplianceException>(() => Published.Open(almost, isUnsealed: true)).Diagnostic.ShouldBe(PublishingDiagnostics.SealUnexpected);
    }

    [TestCase(Verdict.Pass, true)]
    [TestCase(Verdict.Fail, false)]
    [TestCase(Verdict.Undecided, false)]
    [TestCase(Verdict.NotApplicable, false)]
    public void Deployable_WithATrustStore_NeedsItsPass(Verdict signatures, bool isDeployable)
    {
        using var folder = new SealedFolder();
        using var publication = Published.Open(folder, signatures: signatures);

        publication.IsDeployable.ShouldBe(isDeployable);
    }

    [Test]
    public void Demonstration_IsNotDeployable()
    {
        using var folder = new SealedFolder(mode: RunMode.Demonstration);
        using var publication = Open(folder);

        (publication.Verdict, publication.IsDeployable).ShouldBe((Verdict.Pass, false));
    }

    [Test]
    public void VerdictDocument_HasWhatADeploymentAsksFor()
    {
        using var folder = new SealedFolder();
        using var publication = Open(folder);

        var json = System.Text.Json.JsonDocument.Parse(VerdictDocument.Of(publication).ToJson()).RootElement;
        json.GetProperty("verdict").GetString().ShouldBe("pass");
        json.GetProperty("deployable").GetBoolean().ShouldBeTrue();
        json.GetProperty("log").GetProperty("index").GetInt64().ShouldBe(SealedFolder.LogIndex);
        json.GetProperty("outputs")[0].GetProperty("name").GetString().ShouldBe("app-linux-amd64");
    }

    private static Publication Open(SealedFolder folder) => Published.Open(folder);

    private static Finding Refused(SealedFolder folder) =>
        Should.Throw<CiComplianceException>(() => Publication.Open(folder.Path, HandedOver.Unknown, SealedFolder.Digests, CancellationToken.None)).Finding;
}
