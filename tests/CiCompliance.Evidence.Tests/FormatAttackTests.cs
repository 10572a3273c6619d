using System.Text;

namespace CiCompliance.Evidence.Tests;

/// <summary>Step 2: strict formats.</summary>
public sealed class FormatAttackTests
{
    private Forgery forgery = null!;

    [SetUp]
    public void SetUp() => forgery = new Forgery();

    [TearDown]
    public void TearDown() => forgery.Dispose();

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

    private void Replace(string name, string old, string replacement)
    {
        var text = Encoding.UTF8.GetString(forgery.Read(name));
        text.ShouldContain(old);
        forgery.Write(name, text.Replace(old, replacement, StringComparison.Ordinal));
    }
}
