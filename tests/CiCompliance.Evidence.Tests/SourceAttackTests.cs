using CiCompliance.Source;

namespace CiCompliance.Evidence.Tests;

/// <summary>Commits, base, ancestry and tree.</summary>
public sealed class SourceAttackTests : ContentAttack
{
    private List<SignedObjectRow> Commits
    {
        get => [.. Forgery.Lines(EvidencePaths.Commits).Select(line => SignedObjectRow.Parse(line))];
        set => Forgery.WriteLines(EvidencePaths.Commits, value.Select(row => row.ToJson()));
    }

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
        Forgery.Expected = Forgery.Expected with { Commit = bad.Oid };
        Forgery.ShouldBeRefused("CIC2253", bad.Oid);
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
        Forgery.ChangeKey(Forge.Keys.Committer, key => Forge.Keys.Stranger.Trusted);
        Forgery.ShouldBeRefused("CIC2253", Forge.Commit);
    }

    [Test]
    public void Base_WhenMovedOverABadCommit_IsOnlyAttestedUnlessTheAuditorGivesIt()
    {
        var bad = Row(ForgeRepository.CommitBytes(Forge.Source.Tree, [Forge.Commit], "bad", null));
        var good = Row(ForgeRepository.CommitBytes(Forge.Source.Tree, [bad.Oid], "good", Forge.Keys.Committer.Signer));
        EditSource(source => source with { Base = bad.Oid });
        MoveTo(good, [good]);
        Forgery.Expected = Forgery.Expected with { Commit = good.Oid };
        Forgery.Verify().Rows.ShouldContain(row => row.Id == "source.base" && row.Basis == Basis.Attested);
        Forgery.Expected = Forgery.Expected with { Base = Forge.Commit };
        Forgery.ShouldBeRefused("CIC2250", EvidencePaths.Source);
    }

    [Test]
    public void Base_WhenTheAuditorGivesTheRightOne_Passes()
    {
        BeginAtFirst();
        Forgery.Expected = Forgery.Expected with { Base = Forge.Source.Commits[0] };
        SignAll().ShouldPass();
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void Base_WhenTheRangeIsTheWholeHistory_IsCoveredWhereItIsAnAncestor(int commit)
    {
        Forgery.Expected = Forgery.Expected with { Base = Forge.Source.Commits[commit] };
        Forgery.ShouldPass().Rows.ShouldContain(row => row.Id == "source.base" && row.Basis == Basis.Recomputed && row.Detail.En.Contains(Forge.Source.Commits[commit]));
    }

    [TestCase(40)]
    [TestCase(64)]
    public void Base_WhenTheRangeIsTheWholeHistory_IsRefusedWhereItIsNoAncestor(int length)
    {
        Forgery.Expected = Forgery.Expected with { Base = new string('1', length) };
        Forgery.ShouldBeRefused("CIC2250", EvidencePaths.Source);
    }

    [Test]
    public void Base_WhenItIsAForeignCommitWithTheSameTree_IsRefused()
    {
        // Descends from the history, so that it is near, but the built commit does not descend from it.
        var later = ForgeRepository.CommitBytes(Forge.Source.Tree, [Forge.Source.Commits[0]], "beside", Forge.Keys.Committer.Signer);
        Forgery.Expected = Forgery.Expected with { Base = GitObjectId.Compute(GitObjectType.Commit, later, GitObjectFormat.Sha1) };
        Forgery.ShouldBeRefused("CIC2250", EvidencePaths.Source);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Base_WhenTheWholeHistoryIsListedAndDoesNotLeadToIt_IsRefused(bool recordsItsAncestry)
    {
        // Who owns the evidence keys builds an older or an orphaned commit: all its history is signed and listed, so no parent is missing.
        var rules = ForgeRepository.CommitBytes(Forge.Source.Tree, [Forge.Commit], "newer rules", Forge.Keys.Committer.Signer);
        var protectedBase = GitObjectId.Compute(GitObjectType.Commit, rules, GitObjectFormat.Sha1);
        EditSource(source => source with { Base = protectedBase });
        Forgery.WriteLines(EvidencePaths.Ancestry, recordsItsAncestry ? [new AncestryRow(protectedBase, rules).ToJson()] : []);
        Forgery.Expected = Forgery.Expected with { Base = protectedBase };
        Refused("CIC2252", EvidencePaths.Commits);
    }

    [Test]
    public void Base_WhenItIsInTheListedRangeItself_IsRefused()
    {
        EditSource(source => source with { Base = Forge.Source.Commits[1] });
        Forgery.Expected = Forgery.Expected with { Base = Forge.Source.Commits[1] };
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
        Forgery.WriteLines(EvidencePaths.Ancestry,
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
        var listing = Forgery.Read(EvidencePaths.Tree);
        var at = Array.IndexOf(listing, (byte)'\t') - 1;
        listing[at] = listing[at] == 'a' ? (byte)'b' : (byte)'a';
        Forgery.Write(EvidencePaths.Tree, listing);
        Refused("CIC2254", EvidencePaths.Tree);
    }

    [Test]
    public void Tree_WhenTheRunNamesAnother_IsRefused()
    {
        var other = new string('a', 40);
        EditSource(source => source with { Tree = other });
        Refused("CIC2242", EvidencePaths.Source);
    }

    private static SignedObjectRow Row(byte[] raw) =>
        new(GitObjectId.Compute(GitObjectType.Commit, raw, GitObjectFormat.Sha1), GitObjectType.Commit, raw, SignatureFormat.Cms, [Forge.Keys.Committer.Trusted.Id], Verdict.Pass, null);

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
        Forgery.ResignAll(run =>
        {
            run["commit"] = head.Oid;
            return run;
        }).Assess().Reseal(manifest => manifest with { Run = manifest.Run with { Commit = head.Oid } });
    }

    private void EditSource(Func<SourceRecord, SourceRecord> edit) =>
        Forgery.Write(EvidencePaths.Source, edit(SourceRecord.Parse(Forgery.Read(EvidencePaths.Source))).ToJson());
}
