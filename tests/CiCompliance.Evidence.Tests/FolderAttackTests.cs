using System.Text;
using CiCompliance.Attestations;
using CiCompliance.Digests;

namespace CiCompliance.Evidence.Tests;

/// <summary>Steps 1 to 3: expectation, the closed set of files. <see cref="FormatAttackTests"/> has the formats.</summary>
public sealed class FolderAttackTests
{
    private Forgery forgery = null!;

    [SetUp]
    public void SetUp() => forgery = new Forgery();

    [TearDown]
    public void TearDown() => forgery.Dispose();

    [TestCase("", true)]
    [TestCase(EvidenceForge.Repository, false)]
    public void Verify_WhenNothingIsExpected_IsUsage(string repository, bool commit)
    {
        forgery.Expected = new Expectation(repository, commit ? EvidenceForge.Shared.Commit : null, null);
        ShouldThrow("CIC2210");
    }

    [TestCase("HEAD")]
    [TestCase("0123456")]
    public void Verify_WhenTheCommitIsNoFullId_IsUsage(string commit)
    {
        forgery.Expected = forgery.Expected with { Commit = commit };
        ShouldThrow("CIC2210");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Verify_WhenTheTrustStoreLiesInTheFolder_IsUsage(bool throughLink)
    {
        forgery.TrustFile = forgery.PathOf("trust.json");
        forgery.Write("trust.json", "{}");
        if (throughLink)
        {
            File.CreateSymbolicLink(forgery.Scratch("link"), forgery.Root);
            forgery.TrustFile = Path.Combine(forgery.Scratch("link"), "trust.json");
        }

        ShouldThrow("CIC2211");
    }

    [Test]
    public void Verify_WhenTheTrustStoreIsALinkIntoTheFolder_IsUsage()
    {
        forgery.TrustFile = forgery.Scratch("trust.json");
        File.CreateSymbolicLink(forgery.TrustFile, forgery.PathOf(EvidencePaths.Evidence));
        ShouldThrow("CIC2211");
    }

    [Test]
    public void Verify_WhenTheTrustStoresLinkGoesBackFromAFolderOfTheEvidence_IsUsage()
    {
        // As text, hop/.. is the place of the link; as the system reads it, it is the evidence folder.
        File.CreateSymbolicLink(forgery.Scratch("hop"), forgery.PathOf("bin"));
        forgery.TrustFile = forgery.Scratch("trust.json");
        File.CreateSymbolicLink(forgery.TrustFile, "hop/../" + EvidencePaths.Evidence);
        ShouldThrow("CIC2211");
    }

    [Test]
    public void Verify_WhenTheTrustStoreIsOutsideByALinkInTheFolder_IsUsage()
    {
        File.CreateSymbolicLink(forgery.PathOf("trust.json"), forgery.TrustFile);
        forgery.TrustFile = forgery.PathOf("trust.json");
        ShouldThrow("CIC2211");
    }

    [Test]
    public void Verify_WhenTheTrustStoresLinksHaveNoEnd_IsUnreadable()
    {
        forgery.TrustFile = forgery.Scratch("trust.json");
        File.CreateSymbolicLink(forgery.TrustFile, "trust.json");
        ShouldThrow("CIC2212");
    }

    [TestCase("x", null)]
    [TestCase(null, "{}")]
    public void Verify_WhenTheAuditorsCheckpointOrProofIsNone_IsUsage(string? checkpoint, string? proof)
    {
        forgery.Expected = forgery.Expected with
        {
            Checkpoint = checkpoint is null ? null : Encoding.UTF8.GetBytes(checkpoint),
            ConsistencyProof = proof is null ? null : Encoding.UTF8.GetBytes(proof),
        };
        ShouldThrow("CIC2217");
    }

    [Test]
    public void Verify_WhenAnotherRepositoryIsExpected_Refuses()
    {
        forgery.Expected = forgery.Expected with { Repository = "example.test/other" };
        forgery.ShouldBeRefused("CIC2250", EvidencePaths.Manifest);
    }

    [Test]
    public void Verify_WhenAnotherCommitIsExpected_Refuses()
    {
        forgery.Expected = forgery.Expected with { Commit = EvidenceForge.Shared.Source.Commits[0] };
        forgery.ShouldBeRefused("CIC2250", EvidencePaths.Manifest);
    }

    [Test]
    public void Verify_WhenAnotherArtifactIsExpected_Refuses()
    {
        forgery.Expected = new Expectation(EvidenceForge.Repository, null, forgery.Digest(EvidencePaths.Report).Sha256);
        forgery.ShouldBeRefused("CIC2250", EvidencePaths.Outputs);
    }

    [Test]
    public void Verify_WhenTheArtifactIsExpected_Passes()
    {
        forgery.Expected = new Expectation(EvidenceForge.Repository, null, forgery.Digest(EvidencePaths.Output(forgery.Output)).Sha256);
        forgery.ShouldPass();
    }

    [Test]
    public void Verify_WhenTheToolIsOlderThanAllowed_Refuses()
    {
        forgery.Expected = forgery.Expected with { MinimumToolVersion = new Version(99, 0) };
        forgery.ShouldBeRefused("CIC2283", EvidencePaths.Manifest);
    }

    [Test]
    public void Verify_WhenAFileChangesMeanwhile_IsUndecided()
    {
        forgery.Digests = new TouchingDigests(EvidenceForge.Shared.Digests, forgery.PathOf(EvidencePaths.Environment));
        forgery.ShouldBeUndecided("CIC2216", EvidencePaths.Environment);
    }

    [Test]
    public void Verify_WhenAFileIsChanged_RefusesEachAndNamesIt() => EachFile((name, content) =>
    {
        content[content.Length / 2] ^= 1;
        forgery.Write(name, content);
    }, "CIC2221");

    [Test]
    public void Verify_WhenAFileIsTruncated_RefusesEachAndNamesIt() => EachFile((name, content) => forgery.Write(name, content[..^1]), "CIC2221");

    [Test]
    public void Verify_WhenAFileIsEmptied_RefusesEachAndNamesIt() => EachFile((name, _) => forgery.Write(name, ""), "CIC2221");

    [Test]
    public void Verify_WhenAFileIsDeleted_RefusesEachAndNamesIt() => EachFile((name, _) => File.Delete(forgery.PathOf(name)), "CIC2220");

    [Test]
    public void Verify_WhenAFolderHoldsOneMore_RefusesAndNamesIt()
    {
        foreach (var folder in forgery.Files.Select(name => Path.GetDirectoryName(name)!).Distinct().ToList())
        {
            var name = Path.Combine(folder, "extra");
            forgery.Write(name, "x");
            forgery.ShouldBeRefused("CIC2222", name);
            File.Delete(forgery.PathOf(name));
        }

        forgery.ShouldPass();
    }

    [Test]
    public void Verify_WhenTwoFilesAreSwapped_RefusesBoth()
    {
        var (first, second) = (EvidencePaths.GoMod, EvidencePaths.GoSum);
        var (a, b) = (forgery.Read(first), forgery.Read(second));
        forgery.Write(first, b);
        forgery.Write(second, a);
        forgery.ShouldBeRefused("CIC2221", first);
        forgery.ShouldBeRefused("CIC2221", second);
    }

    [Test]
    public void Verify_WhenTheSealIsMissing_Refuses()
    {
        Directory.Delete(forgery.PathOf("seal"), recursive: true);
        forgery.ShouldBeRefused("CIC2223", EvidencePaths.Manifest);
    }

    [Test]
    public void Verify_WhenTheSealIsAnotherRuns_Refuses()
    {
        using var other = new Forgery();
        var run = Guid.NewGuid().ToString("D");
        other.Edit(EvidencePaths.Evidence, record => record["run"]!["runId"] = run);
        other.Reseal(manifest => manifest with { Run = manifest.Run with { RunId = run } });
        foreach (var name in new[] { EvidencePaths.Manifest, EvidencePaths.ManifestSm2, EvidencePaths.ManifestSigstore })
        {
            forgery.Write(name, other.Read(name));
        }

        forgery.ShouldBeRefused("CIC2221", EvidencePaths.Evidence);
    }

    private void EachFile(Action<string, byte[]> tamper, string code)
    {
        var files = forgery.Files.Where(name => new FileInfo(forgery.PathOf(name)).Length > 0).ToList();
        files.Count.ShouldBeGreaterThan(20);
        foreach (var name in files)
        {
            var content = forgery.Read(name);
            tamper(name, content.ToArray());
            var report = forgery.Verify();
            report.Verdict.ShouldBeOneOf([Verdict.Fail, Verdict.Undecided], name);
            if (name.StartsWith("seal/", StringComparison.Ordinal))
            {
                report.Findings.ShouldNotBeEmpty(name);
            }
            else
            {
                report.Findings.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
                    finding => finding.Diagnostic.Code.ShouldBe(code),
                    finding => finding.Origin.ShouldBe(name));
            }

            forgery.Write(name, content);
        }

        forgery.ShouldPass();
    }

    private void ShouldThrow(string code) => Should.Throw<CiComplianceException>(forgery.Verify).Diagnostic.Code.ShouldBe(code);

    private sealed class TouchingDigests(IDigestCalculator inner, string path) : IDigestCalculator
    {
        private bool touched;

        public DigestSet Compute(ReadOnlySpan<byte> content)
        {
            Touch();
            return inner.Compute(content);
        }

        public DigestSet Compute(Stream content, CancellationToken cancellationToken) => inner.Compute(content, cancellationToken);

        // Its bytes stay the same: what tells is that somebody wrote.
        private void Touch()
        {
            if (!touched && File.ReadAllBytes(path) is var content && ++calls > CallsBefore)
            {
                touched = true;
                File.WriteAllBytes(path, content);
            }
        }

        // By then the file has been opened.
        private const int CallsBefore = 25;
        private int calls;
    }
}
