using System.Text.Json.Nodes;
using CiCompliance.Policy;
using CiCompliance.Source;

namespace CiCompliance.Evidence.Tests;

/// <summary>Step 8 with a policy that says who may sign what: whoever owns all keys of the run still can't pass a commit that a rule refuses.</summary>
public sealed class SignerRuleAttackTests
{
    private Forgery forgery = null!;

    private static EvidenceForge Forge => EvidenceForge.Shared;

    private static string Committer => Forge.Keys.Committer.Trusted.Id;

    [SetUp]
    public void SetUp() => forgery = new Forgery();

    [TearDown]
    public void TearDown() => forgery.Dispose();

    [Test]
    public void Rules_WhenEveryCommitSatisfiesThem_Pass()
    {
        Judge(Rule(Committer) with { Paths = ["cmd/**"] }, Rule("somebody@example.com") with { Paths = ["deploy/**"] });
        forgery.ShouldPass();
    }

    [Test]
    public void Rule_WhenACommitChangesItsPathsForOthers_IsRefused()
    {
        Judge(Rule("somebody@example.com") with { Paths = ["cmd/**"] });
        forgery.ShouldBeRefused("CIC2253", Forge.Source.Commits[0]);
        forgery.Verify().Findings.ShouldNotContain(finding => finding.Origin == Forge.Source.Commits[1], "only the first commit touched cmd/");
    }

    [Test]
    public void Trees_WhenTheOneThatShowsTheChangeIsMissing_AreRefused()
    {
        Judge([Rule("somebody@example.com") with { Paths = ["cmd/**"] }], Forge.Source.Trees().SkipLast(1));
        forgery.ShouldBeRefused("CIC2215");
    }

    [Test]
    public void Trees_WhenOneHasOtherBytes_AreRefused()
    {
        var trees = Forge.Source.Trees();
        Judge([Rule("somebody@example.com") with { Paths = ["cmd/**"] }], trees.Select((row, index) => index == 0 ? row with { Raw = trees[^1].Raw } : row));
        forgery.ShouldBeRefused("CIC2215", EvidencePaths.Commits);
    }

    [Test]
    public void Trees_WhenThereAreNone_AreRefused()
    {
        Judge([Rule(Committer) with { Paths = ["cmd/**"] }], []);
        forgery.ShouldBeRefused("CIC2215");
    }

    [Test]
    public void Ancestry_WhenItGivesAParentAnotherTree_IsRefused()
    {
        // "The parent had this tree already, so the commit changes nothing": said of the parent of the second commit, in a range without a base.
        var rule = Rule("somebody@example.com") with { Paths = ["README.md"] };
        var second = SignedObjectRow.Parse(forgery.Lines(EvidencePaths.Commits)[1]);
        var lie = ForgeRepository.CommitBytes(CommitObject.Parse(second.Raw).Tree, [], "lie", null);
        forgery.WriteLines(EvidencePaths.Ancestry, [new AncestryRow(Forge.Source.Commits[0], lie).ToJson()]);
        Judge(rule);
        forgery.ShouldBeRefused("CIC2215", EvidencePaths.Commits);
    }

    [Test]
    public void Tag_WhenRulesAreAboutTags_IsAttestedUnlessTheAuditorExpectsOne()
    {
        Judge(Rule("somebody@example.com") with { Tags = ["v*"] });
        forgery.ShouldPass().Rows.ShouldContain(row => row.Id == "source.tag" && row.Basis == Basis.Attested);
        forgery.Expected = forgery.Expected with { Tag = "v1.0" };
        forgery.ShouldBeRefused("CIC2250", EvidencePaths.Source);
    }

    [Test]
    public void Rule_WhenItAppliesToAnotherBranch_CountsOnlyForThat()
    {
        var rule = Rule("somebody@example.com") with { Branches = ["main"] };
        Judge([rule], [], branch: "topic");
        forgery.ShouldPass().Rows.ShouldContain(row => row.Id == "source.branch" && row.Basis == Basis.Attested);
        forgery.Expected = forgery.Expected with { Branch = "main" };
        forgery.ShouldBeRefused("CIC2250", EvidencePaths.Source);
    }

    [Test]
    public void Rule_WhenTheBranchIsNotNamed_IsRefused()
    {
        Judge(Rule(Committer) with { Branches = ["main"] });
        forgery.ShouldBeRefused("CIC2253", Forge.Commit);
    }

    [Test]
    public void Rules_WhenTheAuditorsHaveMore_AreRefused()
    {
        forgery.Expected = forgery.Expected with { Policy = Forge.Policy with { Source = Forge.Policy.Source with { Rules = [Rule(Committer)] } } };
        forgery.ShouldBeRefused("CIC2282", EvidencePaths.PolicyApplied);
    }

    [Test]
    public void MatchCommitter_WhenTheKeyIsNobodys_IsRefused()
    {
        Apply(Forge.Policy.Source with { MatchCommitter = true }, [], null);
        forgery.ShouldBeRefused("CIC2253", Forge.Commit);
        forgery.ChangeKey(Forge.Keys.Committer, key => key with { Identities = ["ZhangSan@example.com"] });
        forgery.ShouldPass();
    }

    [Test]
    public void Forge_WhenItsKeyAloneSigned_IsRefused()
    {
        forgery.ChangeKey(Forge.Keys.Committer, key => key with { IsForge = true });
        forgery.ShouldBeRefused("CIC2253", Forge.Commit);
    }

    private static SignerRule Rule(string signer) => new("rule", [], [], [], [], [], [signer], 1, null, null);

    private void Judge(params SignerRule[] rules) => Judge(rules, Forge.Source.Trees());

    private void Judge(SignerRule[] rules, IEnumerable<TreeRow> trees, string? branch = null) => Apply(Forge.Policy.Source with { Rules = rules }, trees, branch);

    /// <summary>The whole run, moved to another policy and signed again.</summary>
    private void Apply(SourcePolicy source, IEnumerable<TreeRow> trees, string? branch)
    {
        forgery.Write(EvidencePaths.PolicyApplied, (Forge.Policy with { Source = source }).ToJson());
        forgery.Write(EvidencePaths.Source, (SourceRecord.Parse(forgery.Read(EvidencePaths.Source)) with { Branch = branch }).ToJson());
        forgery.WriteLines(EvidencePaths.Trees, trees.Select(row => row.ToJson()));
        var digest = forgery.Digest(EvidencePaths.PolicyApplied);
        var evidence = EvidenceRecord.Parse(forgery.Read(EvidencePaths.Evidence));
        forgery.Write(EvidencePaths.Evidence, (evidence with { Run = evidence.Run with { Policy = digest } }).ToJson());
        forgery.ResignAll(run =>
        {
            run["policy"] = new JsonObject { ["sha256"] = digest.Sha256, ["sm3"] = digest.Sm3 };
            return run;
        }).Assess().Reseal(manifest => manifest with { Run = manifest.Run with { Policy = digest } });
    }
}
