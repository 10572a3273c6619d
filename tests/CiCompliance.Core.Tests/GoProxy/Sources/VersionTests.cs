using CiCompliance.GoProxy.Sources;

namespace CiCompliance.Core.Tests.GoProxy.Sources;

public sealed class VersionTests
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    [TestCase("v1.0.0-alpha v1.0.0-alpha.1 v1.0.0-alpha.beta v1.0.0-beta v1.0.0-beta.2 v1.0.0-beta.11 v1.0.0-rc.1 v1.0.0 v1.0.1 v1.10.0 v2.0.0+incompatible v99999999999999999999.0.0", Description = "Semantic Versioning, item 11")]
    public void CompareTo_FollowsThePrecedence(string ordered)
    {
        var versions = ordered.Split(' ').Select(text => SemanticVersion.Parse(text)!).ToList();
        versions.Order().ShouldBe(versions);
        versions.AsEnumerable().Reverse().Order().ShouldBe(versions);
    }

    [TestCase("v1.0.0", true)]
    [TestCase("v1.0.0-rc.1", true)]
    [TestCase("v2.0.0+incompatible", true)]
    [TestCase("v1.0.0+meta", false)]
    [TestCase("v1.0", false)]
    [TestCase("v1", false)]
    [TestCase("1.0.0", false)]
    [TestCase("v01.0.0", false)]
    [TestCase("v1.0.0-01", false)]
    [TestCase("v1.0.0-", false)]
    [TestCase("v1.0.0-a..b", false)]
    [TestCase("v1.0.0\n", false)]
    [TestCase("v1.0.0-é", false)]
    public void IsCanonical_TakesTheOneForm(string text, bool expected) => SemanticVersion.IsCanonical(text).ShouldBe(expected);

    [TestCase("", null, "v0.0.0-20250615150640-0123456789ab")]
    [TestCase("v2", null, "v2.0.0-20250615150640-0123456789ab")]
    [TestCase("", "v1.2.3", "v1.2.4-0.20250615150640-0123456789ab")]
    [TestCase("", "v1.2.99999999999999999999", "v1.2.100000000000000000000-0.20250615150640-0123456789ab")]
    [TestCase("", "v1.2.3-pre", "v1.2.3-pre.0.20250615150640-0123456789ab")]
    public void Create_HasThreeForms_AndParseReadsThem(string major, string? preceding, string expected)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(1750000000);
        var version = PseudoVersion.Create(major, preceding is null ? null : SemanticVersion.Parse(preceding), time, Commit);
        version.ShouldBe(expected);
        var parsed = PseudoVersion.Parse(version)!;
        parsed.Preceding().ShouldBe(preceding ?? "");
        parsed.Time.ShouldBe(time);
        parsed.Revision.ShouldBe(Commit[..12]);
    }

    [TestCase("v1.0.0")]
    [TestCase("v1.2.3-20250615150640-0123456789ab")]
    [TestCase("v1.2.3-0.2025061515064-0123456789ab")]
    [TestCase("v1.2.3-0.20250615150640")]
    [TestCase("v1.2.3-pre.20250615150640-0123456789ab")]
    public void Parse_WhenItIsNoPseudoVersion_IsNull(string version) => PseudoVersion.Parse(version).ShouldBeNull();

    [TestCase("v1.2.0-0.20250615150640-0123456789ab")]
    [TestCase("v0.0.0-20250615150640-0123456789ab+incompatible")]
    public void Preceding_WhenThereCanBeNone_Throws(string version) => Should.Throw<FormatException>(() => PseudoVersion.Parse(version)!.Preceding());

    [TestCase("k", "\u212A")]
    [TestCase("s", "\u017F")]
    [TestCase("ß", "ẞ")]
    [TestCase("σ", "ς")]
    [TestCase("ω", "\u2126")]
    [TestCase("ა", "Ა")]
    public void Fold_MakesOneOfCases(string left, string right) => ModuleFileNames.Fold(left).ShouldBe(ModuleFileNames.Fold(right));

    [TestCase("i", "ı")]
    [TestCase("i", "İ")]
    [TestCase("e", "é")]
    public void Fold_KeepsOthersApart(string left, string right) => ModuleFileNames.Fold(left).ShouldNotBe(ModuleFileNames.Fold(right));

    [TestCase("refs", true)]
    [TestCase("feature/x", true)]
    [TestCase("v1.0.0+meta", true)]
    [TestCase("-x", false)]
    [TestCase("a:b", false)]
    [TestCase("a/.b", false)]
    [TestCase("a.lock", false)]
    [TestCase("a//b", false)]
    [TestCase("a\u0085b", false)]
    public void IsName_TakesWhatCanBeARef(string name, bool expected) => GitRefs.IsName(name).ShouldBe(expected);

    [Test]
    public void Refs_WithNamesThatGitWouldReadOtherwise_AreLeftOut()
    {
        var refs = GitRefs.Parse(string.Concat(new[] { "HEAD", "refs/heads/main", "refs/tags/v1.0.0", "refs/tags/v1.0.0^{}", "refs/tags/a:refs/heads/b", "refs/tags/a..b", "refs/pull/1/head", "refs/tags/a b" }
            .Select((name, i) => $"{i:x40}\t{name}\n")));
        refs.TagsWith("").ShouldBe(["v1.0.0"]);
        refs.Find("v1.0.0").ShouldBe(("refs/tags/v1.0.0", $"{3:x40}"));
        refs["refs/pull/1/head"].ShouldBeNull();
    }
}
