using System.Text;
using CiCompliance.Go;
using CiCompliance.Source;

namespace CiCompliance.Evidence.Tests;

/// <summary>Steps 8 to 11: everything is signed again with the right keys, and still refused.</summary>
public sealed class ContentAttackTests
{
    private Forgery forgery = null!;

    private static EvidenceForge Forge => EvidenceForge.Shared;

    private List<SignedObjectRow> Commits
    {
        get => [.. forgery.Lines(EvidencePaths.Commits).Select(line => SignedObjectRow.Parse(line))];
        set => forgery.WriteLines(EvidencePaths.Commits, value.Select(row => row.ToJson()));
    }

    [SetUp]
    public void SetUp() => forgery = new Forgery();

    [TearDown]
    public void TearDown() => forgery.Dispose();

    [Test]
    public void Commits_WhenOneInTheMiddleIsDropped_AreRefused()
    {
        Commits = [Commits[0], Commits[2]];
        EditSource(source => source with { Commits = 2 });
        Refused("CIC2252");
    }

    [Test]
    public void Commits_WhenTheLastIsDropped_AreRefused()
    {
        Commits = [.. Commits.SkipLast(1)];
        EditSource(source => source with { Commits = 2 });
        Refused("CIC2252", EvidencePaths.Commits);
    }

    [Test]
    public void Commits_WhenAForeignOneIsAppended_AreRefused()
    {
        var foreign = Row(ForgeRepository.CommitBytes(Forge.Source.Tree, [], "foreign", Forge.Keys.Committer.Signer));
        Commits = [.. Commits, foreign];
        EditSource(source => source with { Commits = 4 });
        Refused("CIC2252", foreign.Oid);
    }

    [Test]
    public void Commits_WhenOneStandsTwice_AreRefused()
    {
        Commits = [.. Commits, Commits[^1]];
        EditSource(source => source with { Commits = 4 });
        Refused("CIC2252", Commits[^1].Oid);
    }

    [Test]
    public void Commits_WhenTheBytesOfOneAreChanged_AreRefused()
    {
        var rows = Commits;
        rows[1].Raw[^2] ^= 1;
        Commits = rows;
        Refused("CIC2251", rows[1].Oid);
    }

    [Test]
    public void Commits_WhenThereAreNone_AreRefused()
    {
        Commits = [];
        EditSource(source => source with { Commits = 0, Base = source.Commit });
        Refused("CIC2252", EvidencePaths.Commits);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Commits_WhenTheBuiltOneIsNotTheCommitters_AreRefused(bool strangerSigns)
    {
        // A commit that an attacker adds on top, with a row that says it passed; the whole run is moved to it.
        var bad = Row(ForgeRepository.CommitBytes(Forge.Source.Tree, [Commits[0].Oid], "bad", strangerSigns ? Forge.Keys.Stranger.Signer : null));
        MoveTo(bad, [bad, .. Commits]);
        forgery.Expected = forgery.Expected with { Commit = bad.Oid };
        forgery.ShouldBeRefused("CIC2253", bad.Oid);
    }

    [Test]
    public void Commits_WhenTheRowNamesAnotherKey_AreRefused()
    {
        Commits = [.. Commits.Select(row => row with { KeyIds = [Forge.Keys.Stranger.Trusted.Id] })];
        Refused("CIC2281", Commits[0].Oid);
    }

    [Test]
    public void Commits_WhenTheAuditorDoesNotTrustTheCommitter_AreRefused()
    {
        forgery.ChangeKey(Forge.Keys.Committer, key => Forge.Keys.Stranger.Trusted);
        forgery.ShouldBeRefused("CIC2253", Forge.Commit);
    }

    [Test]
    public void Base_WhenMovedOverABadCommit_IsOnlyAttestedUnlessTheAuditorGivesIt()
    {
        var bad = Row(ForgeRepository.CommitBytes(Forge.Source.Tree, [Forge.Commit], "bad", null));
        var good = Row(ForgeRepository.CommitBytes(Forge.Source.Tree, [bad.Oid], "good", Forge.Keys.Committer.Signer));
        EditSource(source => source with { Base = bad.Oid });
        MoveTo(good, [good]);
        forgery.Expected = forgery.Expected with { Commit = good.Oid };
        forgery.Verify().Rows.ShouldContain(row => row.Id == "source.base" && row.Basis == Basis.Attested);
        forgery.Expected = forgery.Expected with { Base = Forge.Commit };
        forgery.ShouldBeRefused("CIC2250", EvidencePaths.Source);
    }

    [Test]
    public void Base_WhenTheAuditorGivesTheRightOne_Passes()
    {
        BeginAtFirst();
        forgery.Expected = forgery.Expected with { Base = Forge.Source.Commits[0] };
        SignAll().ShouldPass();
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void Base_WhenTheRangeIsTheWholeHistory_IsCoveredWhereItIsAnAncestor(int commit)
    {
        forgery.Expected = forgery.Expected with { Base = Forge.Source.Commits[commit] };
        forgery.ShouldPass().Rows.ShouldContain(row => row.Id == "source.base" && row.Basis == Basis.Recomputed && row.Detail.En.Contains(Forge.Source.Commits[commit]));
    }

    [TestCase(40)]
    [TestCase(64)]
    public void Base_WhenTheRangeIsTheWholeHistory_IsRefusedWhereItIsNoAncestor(int length)
    {
        forgery.Expected = forgery.Expected with { Base = new string('1', length) };
        forgery.ShouldBeRefused("CIC2250", EvidencePaths.Source);
    }

    [Test]
    public void Base_WhenItIsAForeignCommitWithTheSameTree_IsRefused()
    {
        // Descends from the history, so that it is near, but the built commit does not descend from it.
        var later = ForgeRepository.CommitBytes(Forge.Source.Tree, [Forge.Source.Commits[0]], "beside", Forge.Keys.Committer.Signer);
        forgery.Expected = forgery.Expected with { Base = GitObjectId.Compute(GitObjectType.Commit, later, GitObjectFormat.Sha1) };
        forgery.ShouldBeRefused("CIC2250", EvidencePaths.Source);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Base_WhenTheWholeHistoryIsListedAndDoesNotLeadToIt_IsRefused(bool recordsItsAncestry)
    {
        // Who owns the evidence keys builds an older or an orphaned commit: all its history is signed and listed, so no parent is missing.
        var rules = ForgeRepository.CommitBytes(Forge.Source.Tree, [Forge.Commit], "newer rules", Forge.Keys.Committer.Signer);
        var protectedBase = GitObjectId.Compute(GitObjectType.Commit, rules, GitObjectFormat.Sha1);
        EditSource(source => source with { Base = protectedBase });
        forgery.WriteLines(EvidencePaths.Ancestry, recordsItsAncestry ? [new AncestryRow(protectedBase, rules).ToJson()] : []);
        forgery.Expected = forgery.Expected with { Base = protectedBase };
        Refused("CIC2252", EvidencePaths.Commits);
    }

    [Test]
    public void Base_WhenItIsInTheListedRangeItself_IsRefused()
    {
        EditSource(source => source with { Base = Forge.Source.Commits[1] });
        forgery.Expected = forgery.Expected with { Base = Forge.Source.Commits[1] };
        Refused("CIC2252", EvidencePaths.Commits);
    }

    [Test]
    public void Ancestry_WhenItsBytesAreForged_IsRefused()
    {
        // "The missing parent lies before the base": said of the base with other bytes.
        var middle = Forge.Source.Commits[1];
        BeginAtFirst();
        Commits = [Commits[0]];
        EditSource(source => source with { Commits = 1 });
        forgery.WriteLines(EvidencePaths.Ancestry,
            [new AncestryRow(Forge.Source.Commits[0], ForgeRepository.CommitBytes(Forge.Source.Tree, [middle], "forged", null)).ToJson()]);
        Refused("CIC2251", Forge.Source.Commits[0]);
    }

    [Test]
    public void Ancestry_WhenTheGapIsNotBeforeTheBase_IsRefused()
    {
        BeginAtFirst();
        Commits = [Commits[0]];
        EditSource(source => source with { Commits = 1 });
        Refused("CIC2252", EvidencePaths.Commits);
    }

    [Test]
    public void Tree_WhenABlobIdIsChanged_IsRefused()
    {
        var listing = forgery.Read(EvidencePaths.Tree);
        var at = Array.IndexOf(listing, (byte)'\t') - 1;
        listing[at] = listing[at] == 'a' ? (byte)'b' : (byte)'a';
        forgery.Write(EvidencePaths.Tree, listing);
        Refused("CIC2254", EvidencePaths.Tree);
    }

    [Test]
    public void Tree_WhenTheRunNamesAnother_IsRefused()
    {
        var other = new string('a', 40);
        EditSource(source => source with { Tree = other });
        Refused("CIC2242", EvidencePaths.Source);
    }

    [TestCase(EvidencePaths.GoSum)]
    [TestCase(EvidencePaths.GoMod)]
    public void GoFile_WhenReplaced_IsRefused(string name)
    {
        forgery.Write(name, [.. forgery.Read(name), (byte)'\n']);
        Refused("CIC2260", name);
    }

    [Test]
    public void GoSum_WhenRemoved_IsRefused()
    {
        File.Delete(forgery.PathOf(EvidencePaths.GoSum));
        Refused("CIC2260", EvidencePaths.GoSum);
    }

    [Test]
    public void TreeHead_WhenSignedByAnotherKeyOfThatName_IsRefused()
    {
        var other = new FixtureSumdb("sum.example.test", Ed25519Fixture.Random());
        var text = Encoding.UTF8.GetString(forgery.Read(EvidencePaths.SumdbTreeHead));
        forgery.Write(EvidencePaths.SumdbTreeHead, other.Sign(text[..(text.IndexOf("\n\n", StringComparison.Ordinal) + 1)]));
        Refused("CIC2261", EvidencePaths.SumdbTreeHead);
    }

    [Test]
    public void TreeHead_WhenTheRecordNamesAnAttackersDatabase_IsRefused()
    {
        var other = new FixtureSumdb("sum.example.test", Ed25519Fixture.Random());
        var text = Encoding.UTF8.GetString(forgery.Read(EvidencePaths.SumdbTreeHead));
        forgery.Write(EvidencePaths.SumdbTreeHead, other.Sign(text[..(text.IndexOf("\n\n", StringComparison.Ordinal) + 1)]));
        EditModules(record => record with { Sumdb = other.VerifierKey });
        Refused("CIC2226", "sum.example.test");
    }

    [TestCase("")]
    [TestCase("x")]
    [TestCase("a+b+c")]
    [TestCase("sum.example.test+00000000+AAAA")]
    public void TreeHead_WhenTheDatabaseKeyIsMalformed_IsRefused(string key)
    {
        EditModules(record => record with { Sumdb = key });
        SignAll().Verify().Verdict.ShouldBe(Verdict.Fail);
    }

    [Test]
    public void TreeHead_WhenOfAnotherSizeThanRecorded_IsRefused()
    {
        EditModules(record => record with { TreeSize = record.TreeSize + 1 });
        Refused("CIC2261", EvidencePaths.SumdbTreeHead);
    }

    [Test]
    public void SumdbRecords_WhenAProofIsChanged_AreRefused()
    {
        EditRecords(rows => [.. rows.Select(row => row with { Proof = [.. row.Proof.Select(_ => new byte[32])] })]);
        Refused("CIC2262");
    }

    [TestCase(-1)]
    [TestCase(2)]
    [TestCase(9007199254740992)]
    public void SumdbRecords_WhenTheNumberIsOutOfTheTree_AreRefused(long id)
    {
        EditRecords(rows => [rows[0] with { Id = id }, .. rows.Skip(1)]);
        Refused("CIC2262");
    }

    [Test]
    public void SumdbRecords_WhenOneIsMissing_AreRefused()
    {
        EditRecords(rows => [.. rows.Skip(1)]);
        Refused("CIC2263");
    }

    [Test]
    public void SumdbRecords_WhenOneHasAnotherHash_AreRefused()
    {
        EditRecords(rows => [rows[0] with { Text = rows[0].Text.Replace("v1.0.0 h1:" + HashOf(rows[0]), "v1.0.0 h1:" + Convert.ToBase64String(new byte[32]), StringComparison.Ordinal)
            .Replace("v1.2.0 h1:" + HashOf(rows[0]), "v1.2.0 h1:" + Convert.ToBase64String(new byte[32]), StringComparison.Ordinal) }, .. rows.Skip(1)]);
        Refused("CIC2262");
    }

    [TestCase(Verdict.Fail)]
    [TestCase(Verdict.Undecided)]
    public void Modules_WhenARowDidNotPass_AreRefused(Verdict verdict)
    {
        EditModules(record => record with { Modules = [.. record.Modules.Select(row => row with { Verdict = verdict })] });
        Refused("CIC2263", EvidencePaths.Modules);
    }

    [TestCase(VendorMode.SourceSigned)]
    [TestCase(VendorMode.Verified)]
    public void Modules_WhenTheRecordClaimsAVendorFolderThatTheTreeLacks_AreRefused(VendorMode vendor)
    {
        EditModules(record => record with { Vendor = vendor });
        Refused("CIC2263", EvidencePaths.Modules);
    }

    [Test]
    public void Modules_WhenARowIsLeftOut_AreRefused()
    {
        EditModules(record => record with { Modules = [.. record.Modules.Skip(1)] });
        Refused("CIC2263", EvidencePaths.Modules);
    }

    [Test]
    public void Output_WhenReplacedByAnotherHardenedBinary_IsRefused()
    {
        Replace(File.ReadAllBytes(GoPrograms.Build("go1.23", "pure", cgo: false, "-buildmode=pie", "-ldflags", "-s -w -bindnow")));
        forgery.Verify().Findings.Select(finding => finding.Diagnostic.Code).ShouldContain(code => code == "CIC2264" || code == "CIC2271");
        forgery.ShouldBeRefused("CIC2273", EvidencePaths.SbomOf(forgery.Output));
    }

    [Test]
    public void Output_WhenNotPositionIndependent_IsRefused()
    {
        Replace(File.ReadAllBytes(GoPrograms.Build("go1.23", "pure", cgo: false, "-buildmode=exe", "-ldflags", "-s -w")));
        forgery.ShouldBeRefused("CIC2271", EvidencePaths.Output(forgery.Output));
    }

    [TestCase("")]
    [TestCase("#!/bin/sh\n")]
    [TestCase("\u007fELF")]
    public void Output_WhenItIsNoBinary_IsRefused(string content)
    {
        Replace(Encoding.Latin1.GetBytes(content));
        forgery.ShouldBeRefused("CIC2271", EvidencePaths.Output(forgery.Output));
    }

    [Test]
    public void Output_WhenPatched_IsRefusedOrItsRowsStillHold()
    {
        // Random damage: whatever the reader of ELF makes of it, it ends in an answer.
        var good = forgery.Read(EvidencePaths.Output(forgery.Output));
        for (var i = 0; i < 12; i++)
        {
            var bad = good.ToArray();
            for (var n = 1; n <= 16; n++)
            {
                bad[(i * 7919 * n) % (i % 2 == 0 ? 1024 : bad.Length)] ^= (byte)(n * 13);
            }

            Replace(bad);
            Should.NotThrow(forgery.Verify).Verdict.ShouldBe(Verdict.Fail);
        }
    }

    [Test]
    public void Sbom_WhenAComponentIsRemoved_IsRefused()
    {
        var name = EvidencePaths.SbomOf(forgery.Output);
        forgery.Edit(name, sbom => sbom["components"]!.AsArray().RemoveAt(0));
        Refused("CIC2273", name);
    }

    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("{\"metadata\":1,\"metadata\":2}")]
    [TestCase("{\"metadata\":{\"timestamp\":1}}")]
    [TestCase("not JSON")]
    public void Sbom_WhenItIsNone_IsRefused(string content)
    {
        var name = EvidencePaths.SbomOf(forgery.Output);
        forgery.Write(name, content);
        Refused("CIC2273", name);
    }

    [Test]
    public void Sbom_WhenMissing_IsRefused()
    {
        var name = EvidencePaths.SbomOf(forgery.Output);
        File.Delete(forgery.PathOf(name));
        Refused("CIC2273", name);
    }

    [TestCase("environment")]
    [TestCase("source")]
    [TestCase("binary")]
    [TestCase("record")]
    public void Stage_WhenItsRowIsMissing_IsRefused(string stage)
    {
        EditEvidence(record => record with { Stages = [.. record.Stages.Where(row => row.Name != stage)] });
        Refused("CIC2280", EvidencePaths.Evidence);
    }

    [TestCase(Verdict.Fail)]
    [TestCase(Verdict.Undecided)]
    public void Stage_WhenItDidNotPass_IsRefused(Verdict verdict)
    {
        EditEvidence(record => record with { Stages = [.. record.Stages.Select(row => row.Name == "environment" ? row with { Verdict = verdict } : row)] });
        Refused("CIC2280", EvidencePaths.Evidence);
    }

    [TestCase(Verdict.Fail)]
    [TestCase(Verdict.Undecided)]
    public void Stage_WhenItPassedOverACheckThatDidNot_IsRefused(Verdict verdict)
    {
        EditEvidence(record => record with
        {
            Stages = [.. record.Stages.Select(row => row.Name == "environment" ? row with { Checks = [.. row.Checks, new("forged", verdict, "x", "x")] } : row)],
        });
        Refused("CIC2280", EvidencePaths.Evidence);
    }

    [Test]
    public void Stage_WhenItPassedOverAFinding_IsRefused()
    {
        EditEvidence(record => record with
        {
            Stages = [.. record.Stages.Select(row => row.Name == "environment"
                ? row with { Findings = [new("CIC1000", DiagnosticKind.NotCompliant, "x", "x", "x", "x", "x")] } : row)],
        });
        Refused("CIC2280", EvidencePaths.Evidence);
    }

    [TestCase("environment")]
    [TestCase("binary")]
    public void Stage_WhenItPassedWithoutAnyCheck_IsRefused(string stage)
    {
        EditEvidence(record => record with { Stages = [.. record.Stages.Select(row => row.Name == stage ? row with { Checks = [], Findings = [] } : row)] });
        Refused("CIC2280", EvidencePaths.Evidence);
    }

    [TestCase(EvidencePaths.Report)]
    [TestCase(EvidencePaths.Summary)]
    [TestCase(EvidencePaths.Assessment)]
    public void Report_WhenChangedAndSealed_IsRefused(string name)
    {
        forgery.Write(name, [.. forgery.Read(name), (byte)' ']);
        forgery.Reseal().ShouldBeRefused("CIC2281", name);
    }

    [Test]
    public void Evidence_WhenOfAnotherRun_IsRefused()
    {
        EditEvidence(record => record with { Run = record.Run with { RunId = Guid.NewGuid().ToString("D") } });
        Refused("CIC2242", EvidencePaths.Evidence);
    }

    [Test]
    public void Policy_WhenWeakerThanTheAuditors_IsRefused()
    {
        // The run's policy shares the build cache.
        forgery.Expected = forgery.Expected with { Policy = Forge.Policy with { Build = Forge.Policy.Build with { Cache = CiCompliance.Policy.BuildCachePolicy.Fresh } } };
        forgery.ShouldBeRefused("CIC2282", EvidencePaths.PolicyApplied);
        forgery.Expected = forgery.Expected with { Policy = Forge.Policy };
        forgery.ShouldPass();
    }

    [Test]
    public void Policy_WhenNotTheOneOfTheStatements_IsRefused()
    {
        forgery.Write(EvidencePaths.PolicyApplied, (Forge.Policy with { Binary = Forge.Policy.Binary with { Static = CiCompliance.Policy.StaticPolicy.Allowed } }).ToJson());
        Refused("CIC2242", EvidencePaths.PolicyApplied);
    }

    private static SignedObjectRow Row(byte[] raw) =>
        new(GitObjectId.Compute(GitObjectType.Commit, raw, GitObjectFormat.Sha1), GitObjectType.Commit, raw, SignatureFormat.Cms, [Forge.Keys.Committer.Trusted.Id], Verdict.Pass, null);

    private static string HashOf(SumdbRecordRow row) => row.Text.Split('\n')[0].Split("h1:")[1];

    private void BeginAtFirst()
    {
        Commits = [.. Commits.SkipLast(1)];
        EditSource(source => source with { Commits = 2, Base = Forge.Source.Commits[0] });
    }

    private void MoveTo(SignedObjectRow head, List<SignedObjectRow> rows)
    {
        Commits = rows;
        EditSource(source => source with { Commit = head.Oid, Commits = rows.Count });
        EditEvidence(record => record with { Run = record.Run with { Commit = head.Oid } });
        forgery.ResignAll(run =>
        {
            run["commit"] = head.Oid;
            return run;
        }).Assess().Reseal(manifest => manifest with { Run = manifest.Run with { Commit = head.Oid } });
    }

    private void Replace(byte[] output)
    {
        forgery.Write(EvidencePaths.Output(forgery.Output), output);
        SignAll();
    }

    private void EditSource(Func<SourceRecord, SourceRecord> edit) =>
        forgery.Write(EvidencePaths.Source, edit(SourceRecord.Parse(forgery.Read(EvidencePaths.Source))).ToJson());

    private void EditModules(Func<DependencyRecord, DependencyRecord> edit) =>
        forgery.Write(EvidencePaths.Modules, edit(DependencyRecord.Parse(forgery.Read(EvidencePaths.Modules))).ToJson());

    private void EditRecords(Func<List<SumdbRecordRow>, List<SumdbRecordRow>> edit) =>
        forgery.WriteLines(EvidencePaths.SumdbRecords, edit([.. forgery.Lines(EvidencePaths.SumdbRecords).Select(line => SumdbRecordRow.Parse(line))]).Select(row => row.ToJson()));

    private void EditEvidence(Func<EvidenceRecord, EvidenceRecord> edit) =>
        forgery.Write(EvidencePaths.Evidence, edit(EvidenceRecord.Parse(forgery.Read(EvidencePaths.Evidence))).ToJson());

    private Forgery SignAll() => forgery.ResignAll().Assess().Reseal();

    private void Refused(string code, string? origin = null) => SignAll().ShouldBeRefused(code, origin);
}
