using System.Text;
using CiCompliance.Attestations;
using CiCompliance.Digests;

namespace CiCompliance.Evidence.Tests;

/// <summary>Steps 1 to 3: expectation, strict formats, the closed set of files.</summary>
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
    public void Verify_WhenAFileHasNotItsFormat_SaysItInChineseToo()
    {
        foreach (var name in forgery.Files.Where(name => !name.StartsWith("bin/", StringComparison.Ordinal) && !name.StartsWith("seal/", StringComparison.Ordinal)).ToList())
        {
            var content = forgery.Read(name);
            foreach (var bad in new[] { "x\n", "{\"a\":1}\n", "{\"a\":1}", "a\n1\n" })
            {
                forgery.Write(name, bad);
                var report = forgery.Reseal().Verify();
                report.Verdict.ShouldNotBe(Verdict.Pass, name);
                report.Findings.ShouldAllBe(finding => !System.Text.RegularExpressions.Regex.IsMatch(finding.What.Zh, "[A-Za-z]{2,}( [A-Za-z]{2,}){2,}"), $"{name}: {bad}");
            }

            forgery.Write(name, content);
        }
    }

    [Test]
    public void Checkpoint_WhenItHasNotItsFormat_SaysWhyInBothLanguages()
    {
        forgery.Write(EvidencePaths.Checkpoint, "x");
        var finding = forgery.Reseal().Verify().Findings.First(finding => finding.Origin == EvidencePaths.Checkpoint);
        finding.Diagnostic.Code.ShouldBe("CIC2215");
        finding.What.En.ShouldContain("a checkpoint has origin, size, root");
        finding.What.Zh.ShouldContain("检查点应依次为来源、大小、根");
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

    // Unsigned as yet: anybody who can write into the folder can do this.
    [TestCase("{", TestName = "Manifest_WhenCutOff_IsRefused")]
    [TestCase("null", TestName = "Manifest_WhenNull_IsRefused")]
    [TestCase("[]", TestName = "Manifest_WhenAList_IsRefused")]
    [TestCase("\"\\ud800\"", TestName = "Manifest_WhenHalfASurrogate_IsRefused")]
    [TestCase("{\"\\ud800\":1}", TestName = "Manifest_WhenHalfASurrogateNamesAMember_IsRefused")]
    [TestCase("1e400", TestName = "Manifest_WhenANumberIsHuge_IsRefused")]
    public void Verify_WhenTheManifestIsNoManifest_Refuses(string json)
    {
        forgery.Write(EvidencePaths.Manifest, json);
        forgery.ShouldBeRefused("CIC2215", EvidencePaths.Manifest);
    }

    [TestCase("\"version\":1", "\"version\":1,\"version\":1", TestName = "Manifest_WhenAMemberStandsTwice_IsRefused")]
    [TestCase("\"version\":1", "\"version\":1,\"zzz\":1", TestName = "Manifest_WhenAMemberIsUnknown_IsRefused")]
    [TestCase("\"version\":1", "\"version\": 1", TestName = "Manifest_WhenNotCanonical_IsRefused")]
    [TestCase("\"version\":1", "\"version\":2", TestName = "Manifest_WhenOfAnotherVersion_IsRefused")]
    [TestCase("\"files\":[", "\"files\":[null,", TestName = "Manifest_WhenAFileIsNull_IsRefused")]
    public void Verify_WhenTheManifestIsNotStrict_Refuses(string old, string replacement)
    {
        Replace(EvidencePaths.Manifest, old, replacement);
        forgery.ShouldBeRefused("CIC2215", EvidencePaths.Manifest);
    }

    [TestCase("\"keyid\"", "\"keyId\"", "CIC2215")]
    [TestCase("\"signatures\":[", "\"signatures\":[null,", "CIC2215")]
    [TestCase("\"payloadType\":\"application/vnd.cicompliance.manifest+json\"", "\"payloadType\":\"\\ud800\"", "CIC2215")]
    public void Verify_WhenTheSealsEnvelopeIsNotStrict_Refuses(string old, string replacement, string code)
    {
        Replace(EvidencePaths.ManifestSm2, old, replacement);
        forgery.ShouldBeRefused(code, EvidencePaths.ManifestSm2);
    }

    [TestCase("\"mediaType\":\"", "\"mediaType\":\"\\ud800")]
    [TestCase("\"tlogEntries\":[", "\"tlogEntries\":[null,")]
    [TestCase("\"signatures\":[", "\"signatures\":[null,")]
    [TestCase("\"hashes\":[", "\"hashes\":[null,")]
    [TestCase("\"mediaType\":\"", "\"mediaType\":1.5,\"x\":\"")]
    public void Verify_WhenTheSealsBundleIsNotStrict_DoesNotPass(string old, string replacement)
    {
        Replace(EvidencePaths.ManifestSigstore, old, replacement);
        var report = forgery.Verify();
        report.Verdict.ShouldBeOneOf(Verdict.Fail, Verdict.Undecided);
        report.Findings.ShouldContain(finding => finding.Origin == EvidencePaths.ManifestSigstore);
    }

    // Signed by the keys' owner: each strict format by itself.
    [TestCase(EvidencePaths.Evidence)]
    [TestCase(EvidencePaths.PolicyApplied)]
    [TestCase(EvidencePaths.Source)]
    [TestCase(EvidencePaths.Modules)]
    [TestCase(EvidencePaths.Environment)]
    [TestCase("log/log.json")]
    public void Verify_WhenASealedRecordIsNotStrict_Refuses(string name)
    {
        var good = Encoding.UTF8.GetString(forgery.Read(name));
        foreach (var bad in new[]
        {
            good.Replace("{\"", "{ \"", StringComparison.Ordinal), "{\"AAA\":1," + good[1..], "{\"AAA\":\"\\ud800\"," + good[1..], good[..^1], "null", "",
            good[..^1] + ",\"zzz\":1.5}", good[..^1] + ",\"zzz\":[null]}", new string('[', 100_000),
        })
        {
            forgery.Write(name, bad);
            forgery.Reseal().ShouldBeRefused("CIC2215");
        }
    }

    [TestCase(EvidencePaths.Commits)]
    [TestCase(EvidencePaths.Ancestry)]
    [TestCase(EvidencePaths.Tags)]
    [TestCase(EvidencePaths.SumdbRecords)]
    public void Verify_WhenASealedLineIsNotStrict_Refuses(string name)
    {
        if (name == EvidencePaths.Ancestry)
        {
            forgery.Edit(EvidencePaths.Source, source => source["base"] = EvidenceForge.Shared.Source.Commits[0]);
        }

        foreach (var bad in new[] { "{\n", "{}", "null\n", "\n", "{\"raw\":[null]}\n", "{\"oid\":\"\\ud800\"}\n", "1.5\n" })
        {
            forgery.Write(name, bad);
            forgery.Reseal().ShouldBeRefused("CIC2215");
        }
    }

    [TestCase("\"stages\":[", "\"stages\":[null,")]
    [TestCase("\"checks\":[", "\"checks\":[null,")]
    [TestCase("\"durationMilliseconds\":", "\"durationMilliseconds\":9007199254740")]
    public void Verify_WhenASealedRecordHoldsAbsurdValues_Refuses(string old, string replacement)
    {
        Replace(EvidencePaths.Evidence, old, replacement);
        var report = forgery.Reseal().Verify();
        report.Verdict.ShouldBe(Verdict.Fail);
    }

    private void Replace(string name, string old, string replacement)
    {
        var text = Encoding.UTF8.GetString(forgery.Read(name));
        text.ShouldContain(old);
        forgery.Write(name, text.Replace(old, replacement, StringComparison.Ordinal));
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
