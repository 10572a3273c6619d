using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Policy;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Source;

/// <summary>Who may sign what, over commits that are signed by stand-ins.</summary>
public sealed class SignerPolicyTests
{
    private static readonly DateTimeOffset Signed = DateTimeOffset.FromUnixTimeSeconds(1_750_000_000);

    private static readonly SignerRule Everything = new("rule", [], [], [], [], [], ["alice@example.com"], 1, null, null);

    [TestCase("alice@example.com", null)]
    [TestCase("*@example.com", null)]
    [TestCase("bob@example.com", "CIC1029")]
    public void Rule_NamesSignersByAddress(string signer, string? code) => Judge(Everything with { Signers = [signer] }).ShouldBe(code);

    [Test]
    public void Rule_NamesSignersByKeyId() => Judge(Everything with { Signers = ["alice"] }).ShouldBeNull();

    [Test]
    public void Rule_WhenAKeysIdentityIsAPattern_IsNotSatisfiedByOneOfItsNames()
    {
        // A key that may speak for all of a domain is not every single person of it.
        var key = Alice() with { Identities = ["*@example.com"] };
        Judge(Everything, keys: [key]).ShouldBe("CIC1029");
        Judge(Everything with { Signers = ["*@example.com"] }, keys: [key]).ShouldBeNull();
    }

    [TestCase("zhangsan@example.com", "CIC1029")]
    [TestCase("*@other.example", null)]
    public void Authors_SelectTheCommits(string author, string? code) => Judge(Everything with { Authors = [author], Signers = ["bob@example.com"] }).ShouldBe(code);

    [Test]
    public void Authors_WhenTheAddressCannotBeRead_AreEverybody() =>
        Judge(Everything with { Authors = ["*@other.example"], Signers = ["bob@example.com"] }, identity: "Zhang San <zhang<san@example.com>").ShouldBe("CIC1029");

    [TestCase("main", "CIC1029")]
    [TestCase("release/1.0", null)]
    [TestCase(null, "CIC1033")]
    public void Branches_SelectTheRun(string? branch, string? code) =>
        Judge(Everything with { Branches = ["main"], Signers = ["bob@example.com"] }, branch: branch).ShouldBe(code);

    [Test]
    public void Required_CountsKeys()
    {
        Judge(Everything with { Signers = ["*@example.com"], Required = 2 }).ShouldBe("CIC1030");
        Judge(Everything with { Signers = ["*@example.com"], Required = 2 }, signers: ["alice", "bob"]).ShouldBeNull();
        Judge(Everything with { Signers = ["alice@example.com", "carol@example.com"], Required = 2 }, signers: ["alice", "bob"]).ShouldBe("CIC1030");
    }

    [Test]
    public void Required_CountsAPersonWithTwoKeysOnce()
    {
        TrustedKey[] keys = [Alice(), Key("alice2") with { Identities = ["ALICE@example.com", "other@example.com"] }, Key("bob")];
        Judge(Everything with { Signers = ["*@example.com"], Required = 2 }, keys, signers: ["alice", "alice2"]).ShouldBe("CIC1030");
        Judge(Everything with { Signers = ["*@example.com"], Required = 2 }, keys, signers: ["alice2", "bob"]).ShouldBeNull();
    }

    [Test]
    public void Required_CountsTwoKeysThatAThirdOneConnectsOnce()
    {
        TrustedKey[] keys = [Alice(), Key("bob"), Key("both") with { Identities = ["alice@example.com", "bob@example.com"] }];
        foreach (var signers in new[] { (string[])["alice", "bob", "both"], ["both", "alice", "bob"], ["alice", "both", "bob"] })
        {
            Judge(Everything with { Signers = ["*@example.com"], Required = 2 }, keys, signers: signers).ShouldBe("CIC1030");
        }
    }

    [Test]
    public void Required_WhenAKeysIdentityIsAPattern_CountsNobodyItCoversBesideIt()
    {
        TrustedKey[] keys = [Alice(), Key("team") with { Identities = ["*@example.com"] }, Key("bob") with { Identities = ["bob@other.example"] }];
        var rule = Everything with { Signers = ["alice", "team", "bob"], Required = 2 };
        Judge(rule, keys, signers: ["alice", "team"]).ShouldBe("CIC1030");
        Judge(rule, keys, signers: ["team", "alice"]).ShouldBe("CIC1030");
        Judge(rule, keys, signers: ["team", "bob"]).ShouldBeNull();
    }

    [Test]
    public void Required_CountsOneKeyThatTwoPeopleHoldOnce()
    {
        var commit = CommitObject.Parse(Encoding.ASCII.GetBytes($"tree {new string('a', 40)}\nauthor A <a@example.com> 1 +0000\ncommitter A <a@example.com> 1 +0000\n\nm\n"));
        string? Of(string? material, string? other) => new SignerPolicy(new(false, ForgePolicy.Refused, [Everything with { Signers = ["*@example.com"], Required = 2 }]), [Alice(), Key("bob")], null)
            .OfCommit(commit, [new("alice", Signed, material), new("bob", Signed.AddDays(1), other)], null).ShouldHaveSingleItem().Refusal?.Code;
        Of("key", "key").ShouldBe("CIC1030");
        Of("key", "another").ShouldBeNull();
        Of(null, null).ShouldBeNull();
    }

    [TestCase("UTF-7", "CIC1031")]
    [TestCase("gbk", null)]
    public void MatchCommitter_WhenTheEncodingMakesAnotherAddress_IsNotSatisfied(string encoding, string? code)
    {
        var raw = $"tree {new string('a', 40)}\nauthor A <alice@example.com> 1 +0000\ncommitter A <alice@example.com> 1 +0000\nencoding {encoding}\n\nm\n";
        new SignerPolicy(new(true, ForgePolicy.Refused, []), [Alice()], null).OfCommit(CommitObject.Parse(Encoding.ASCII.GetBytes(raw)), [new("alice", Signed)], null)
            .ShouldHaveSingleItem().Refusal?.Code.ShouldBe(code);
    }

    [TestCase(-1, 1, null)]
    [TestCase(0, 1, null)]
    [TestCase(-2, 0, "CIC1029")]
    [TestCase(1, 2, "CIC1029")]
    public void FromAndUntil_LimitWhenASignatureCounts(int from, int until, string? code) =>
        Judge(Everything with { From = Signed.AddDays(from), Until = Signed.AddDays(until) }).ShouldBe(code);

    [Test]
    public void FromAndUntil_WhenTheSignatureNamesNoTime_AreNotSatisfied() =>
        Judge(Everything with { From = Signed.AddDays(-1) }, at: null).ShouldBe("CIC1029");

    [Test]
    public void MatchCommitter_WantsTheCommittersOwnKey()
    {
        Judge(new SourcePolicy(true, ForgePolicy.Refused, [])).ShouldBe("CIC1031");
        Judge(new SourcePolicy(true, ForgePolicy.Refused, []), keys: [Alice() with { Identities = ["zhangsan@EXAMPLE.com"] }]).ShouldBeNull();
        Judge(new SourcePolicy(true, ForgePolicy.Refused, []), keys: [Alice() with { Identities = null }]).ShouldBe("CIC1031");
    }

    [TestCase(ForgePolicy.Refused, 2, "CIC1032")]
    [TestCase(ForgePolicy.Merges, 1, "CIC1032")]
    [TestCase(ForgePolicy.Merges, 2, null)]
    [TestCase(ForgePolicy.Allowed, 1, null)]
    public void Forge_SignsWhatThePolicyAccepts(ForgePolicy forge, int parents, string? code) =>
        Judge(new SourcePolicy(false, forge, []), keys: [Alice() with { IsForge = true }], parents: parents).ShouldBe(code);

    [Test]
    public void Forge_BesideAPerson_IsNoMatter() =>
        Judge(SourcePolicy.Default, keys: [Alice() with { IsForge = true }, Key("bob")], signers: ["alice", "bob"]).ShouldBeNull();

    [Test]
    public void Tags_HaveRulesOfTheirOwn()
    {
        var tag = TagObject.Parse(Encoding.UTF8.GetBytes($"object {new string('a', 40)}\ntype commit\ntag v1.0\ntagger Zhang San <zhangsan@example.com> 1750000000 +0800\n\nm\n"));
        string? Of(SignerRule rule) => new SignerPolicy(new(false, ForgePolicy.Refused, [rule]), [Alice()], null)
            .OfTag(tag, [new("alice", Signed)]).FirstOrDefault(demand => demand.Refusal is not null)?.Refusal!.Code;
        Of(Everything with { Tags = ["v*"], Signers = ["bob@example.com"] }).ShouldBe("CIC1029");
        Of(Everything with { Tags = ["w*"], Signers = ["bob@example.com"] }).ShouldBeNull();
        Of(Everything with { Signers = ["bob@example.com"] }).ShouldBeNull("a rule about commits");
        Judge(Everything with { Tags = ["v*"], Signers = ["bob@example.com"] }).ShouldBeNull("a rule about tags");
    }

    [Test]
    public void RulesTouched_AsksNoLongerThanItMust()
    {
        var asked = 0;
        var policy = new SignerPolicy(new(false, ForgePolicy.Refused, [Everything with { Paths = ["deploy/**"] }]), [Alice()], null);
        var touched = policy.RulesTouched(wants =>
        {
            foreach (var path in new[] { "a", "deploy/x", "b", "c" })
            {
                asked++;
                if (!wants(path))
                {
                    return;
                }
            }
        });
        touched.Count.ShouldBe(1);
        asked.ShouldBe(2);
    }

    private static TrustedKey Key(string name) => StandInSignatures.Key(name) with { Identities = [name + "@example.com"] };

    private static TrustedKey Alice() => Key("alice");

    private static string? Judge(SignerRule rule, IReadOnlyList<TrustedKey>? keys = null, string? branch = null, string[]? signers = null,
        string identity = "Zhang San <zhangsan@example.com>") =>
        Judge(new SourcePolicy(false, ForgePolicy.Refused, [rule]), keys, 1, branch, signers, identity, Signed);

    private static string? Judge(SignerRule rule, DateTimeOffset? at) =>
        Judge(new SourcePolicy(false, ForgePolicy.Refused, [rule]), null, 1, null, null, "Zhang San <zhangsan@example.com>", at);

    private static string? Judge(SourcePolicy policy, IReadOnlyList<TrustedKey>? keys = null, int parents = 1, string[]? signers = null) =>
        Judge(policy, keys, parents, null, signers, "Zhang San <zhangsan@example.com>", Signed);

    private static string? Judge(SourcePolicy policy, IReadOnlyList<TrustedKey>? keys, int parents, string? branch, string[]? signers, string identity, DateTimeOffset? at)
    {
        var header = $"tree {new string('a', 40)}\n" + string.Concat(Enumerable.Range(0, parents).Select(number => $"parent {number:x40}\n"));
        var commit = CommitObject.Parse(Encoding.UTF8.GetBytes($"{header}author {identity} 1750000000 +0800\ncommitter {identity} 1750000000 +0800\n\nm\n"));
        return new SignerPolicy(policy, keys ?? [Alice(), Key("bob"), Key("carol")], branch)
            .OfCommit(commit, [.. (signers ?? ["alice"]).Select(name => new ObjectSigner(name, at))], null)
            .FirstOrDefault(demand => demand.Refusal is not null)?.Refusal!.Code;
    }
}
