using CiCompliance.Source;

namespace CiCompliance.Core.Tests.Source;

public sealed class NamePatternTests
{
    [TestCase("deploy/**", "deploy/a/b.yaml", true)]
    [TestCase("deploy/**", "deploy", true)]
    [TestCase("deploy/**", "deployment/a", false)]
    [TestCase("deploy/*", "deploy/a", true)]
    [TestCase("deploy/*", "deploy/a/b", false)]
    [TestCase("**/go.mod", "go.mod", true)]
    [TestCase("**/go.mod", "a/b/go.mod", true)]
    [TestCase("**/go.mod", "a/b/xgo.mod", false)]
    [TestCase("a/**/z", "a/z", true)]
    [TestCase("a/**/z", "a/b/z/c/z", true)]
    [TestCase("*.md", "README.md", true)]
    [TestCase("*.md", "docs/README.md", false)]
    [TestCase("**", "anything/at/all", true)]
    [TestCase("v*", "v1.2.3", true)]
    [TestCase("V*", "v1.2.3", false)]
    [TestCase("策略/**", "策略/文件", true)]
    [TestCase("secrets/prod.yml", "secrets/", true)]
    [TestCase("secrets/prod.yml", "secret/", false)]
    [TestCase("deploy/*/x", "deploy/a/", true)]
    [TestCase("deploy/*", "deploy/a/", false)]
    [TestCase("**/x", "a/b/", true)]
    public void MatchesPath_GoesByNames(string pattern, string path, bool matches) => NamePattern.MatchesPath(pattern, path).ShouldBe(matches);

    [TestCase("*@example.cn", "Alice@Example.cn", true)]
    [TestCase("*@example.cn", "alice@example.cn.evil", false)]
    [TestCase("alice@*", "alice@example.cn", true)]
    [TestCase("alice@example.cn", "bob@example.cn", false)]
    [TestCase("*", "anybody", true)]
    public void MatchesMail_IgnoresTheCaseOfLetters(string pattern, string mail, bool matches) => NamePattern.MatchesMail(pattern, mail).ShouldBe(matches);

    [Test]
    public void Matches_WhenPatternAndNameAreHostile_AnswersAtOnce()
    {
        // Exponential matchers never end here.
        NamePattern.MatchesPath(string.Concat(Enumerable.Repeat("*a", 500)) + "b", new string('a', 4000)).ShouldBeFalse();
        NamePattern.MatchesPath(string.Join('/', Enumerable.Repeat("**/a", 120)) + "/b", string.Join('/', Enumerable.Repeat("a", 128))).ShouldBeFalse();
    }
}
