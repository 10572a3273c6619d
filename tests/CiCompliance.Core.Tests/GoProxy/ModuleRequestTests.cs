using CiCompliance.GoProxy;

namespace CiCompliance.Core.Tests.GoProxy;

public sealed class ModuleRequestTests
{
    [TestCase("/example.com/a/@v/list", ModuleRequestKind.List, "example.com/a", "")]
    [TestCase("/example.com/a/@latest", ModuleRequestKind.Latest, "example.com/a", "")]
    [TestCase("/github.com/%21acme/a/@v/v1.0.0.zip", ModuleRequestKind.Zip, "github.com/Acme/a", "v1.0.0")]
    [TestCase("/github.com/!acme/a/@v/v1.0.0-rc.1.mod", ModuleRequestKind.GoMod, "github.com/Acme/a", "v1.0.0-rc.1")]
    [TestCase("/example.com/a/@v/main.info", ModuleRequestKind.Info, "example.com/a", "main")]
    [TestCase("/example.com/a/@v/v2.0.0%2Bincompatible.zip", ModuleRequestKind.Zip, "example.com/a", "v2.0.0+incompatible")]
    [TestCase("/example.com/a/%40v/list", ModuleRequestKind.List, "example.com/a", "")]
    [TestCase("/golang.org/toolchain/@v/v0.0.1-go1.24.4.linux-amd64.zip", ModuleRequestKind.Zip, "golang.org/toolchain", "v0.0.1-go1.24.4.linux-amd64")]
    public void Parse_OfWhatTheGoCommandAsks_ReadsIt(string target, ModuleRequestKind kind, string path, string version) =>
        ModuleRequest.Parse(ModuleRequest.Decode(target)!).ShouldBe(new ModuleRequest(kind, path, version));

    [TestCase("")]
    [TestCase("example.com/a/@v/list")]
    [TestCase("http://other.example/example.com/a/@v/list")]
    [TestCase("/example.com/a/@v/list?x=1")]
    [TestCase("/example.com/a/@v/list#x")]
    [TestCase("/example.com/%2e%2e/@v/list")]
    [TestCase("/example.com/%2E%2E/@v/list")]
    [TestCase("/example.com%2fa/@v/list")]
    [TestCase("/example.com/a%00/@v/list")]
    [TestCase("/example.com/a\0/@v/list")]
    [TestCase("/example.com/a%61/@v/list")]
    [TestCase("/example.com/a%5c..%5cb/@v/list")]
    [TestCase("/example.com/a\\b/@v/list")]
    [TestCase("/example.com/a%2521/@v/list")]
    [TestCase("/example.com/a%")]
    [TestCase("/example.com/a%2")]
    [TestCase("/example.com/a%+1")]
    [TestCase("/example.com/ü/@v/list")]
    [TestCase("/example.com/a b/@v/list")]
    public void Decode_OfAnythingElse_IsNull(string target) => ModuleRequest.Decode(target).ShouldBeNull();

    [Test]
    public void Decode_OfATargetThatIsTooLong_IsNull()
    {
        ModuleRequest.Decode("/" + new string('a', 4095)).ShouldNotBeNull();
        ModuleRequest.Decode("/" + new string('a', 4096)).ShouldBeNull();
    }

    [TestCase("/")]
    [TestCase("/@latest")]
    [TestCase("//@latest")]
    [TestCase("/@v/list")]
    [TestCase("//@v/list")]
    [TestCase("/example.com/a")]
    [TestCase("/example.com/a/@v/")]
    [TestCase("/example.com/a/@v/.zip")]
    [TestCase("/example.com/a/@v/v1.0.0")]
    [TestCase("/example.com/a/@v/v1.0.0.exe")]
    [TestCase("/example.com/a/@v/v1.0.0.ZIP")]
    [TestCase("/example.com/../a/@v/list")]
    [TestCase("/../../etc/passwd/@v/list")]
    [TestCase("/example.com/./a/@v/list")]
    [TestCase("/example.com//a/@v/list")]
    [TestCase("/example.com/a/@v/../../b/@v/v1.0.0.zip")]
    [TestCase("/example.com/a/@v/..zip")]
    [TestCase("/example.com/a/@v/...info")]
    [TestCase("/example.com/a/@v/a/b.info")]
    [TestCase("/example.com/a/@v/-x.info")]
    [TestCase("/example.com/a/@v/list/")]
    [TestCase("/Example.com/a/@v/list")]
    [TestCase("/github.com/Acme/a/@v/list")]
    [TestCase("/github.com/!Acme/a/@v/list")]
    [TestCase("/github.com/!!acme/a/@v/list")]
    [TestCase("/github.com/acme!/@v/list")]
    [TestCase("/github.com/!1/@v/list")]
    [TestCase("/!example.com/a/@v/list")]
    [TestCase("/nodots/a/@v/list")]
    [TestCase("/example.com/con/@v/list")]
    [TestCase("/example.com/a/NUL.txt/@v/list")]
    [TestCase("/example.com/a~1/@v/list")]
    [TestCase("/example.com/a./@v/list")]
    [TestCase("/example.com/.git/@v/list")]
    [TestCase("/example.com/a/v1/@v/list")]
    [TestCase("/example.com/a/@v/v1.zip")]
    [TestCase("/example.com/a/@v/main.zip")]
    [TestCase("/example.com/a/@v/v1.0.0+meta.zip")]
    [TestCase("/example.com/a/@v/v01.0.0.zip")]
    [TestCase("/example.com/a/@v/V1.0.0.zip")]
    public void Parse_OfWhatNoModuleCanBe_IsNull(string path) => ModuleRequest.Parse(path).ShouldBeNull();

    [Test]
    public void Parse_OfNamesThatNoFileCanHave_IsNull()
    {
        ModuleRequest.Parse($"/example.com/{new string('a', 200)}/@v/list").ShouldNotBeNull();
        ModuleRequest.Parse($"/example.com/{new string('a', 201)}/@v/list").ShouldBeNull();
        ModuleRequest.Parse($"/example.com/{string.Concat(Enumerable.Repeat("!a", 101))}/@v/list").ShouldBeNull("a capital letter is two characters on the disk");
        ModuleRequest.Parse($"/example.com/a/@v/v1.0.0-{string.Concat(Enumerable.Repeat("!a", 100))}.zip").ShouldBeNull();
        ModuleRequest.Parse($"/example.com/a/@v/v1.0.0-{new string('a', 200)}.zip").ShouldBeNull();
        ModuleRequest.Parse($"/example.com/{string.Join('/', Enumerable.Repeat("aaa", 260))}/@v/list").ShouldBeNull("a module path of more than 1024 characters");
    }

    [TestCase("example.com/a@v1.0.0", true)]
    [TestCase("github.com/!acme/a@v1.0.0", true)]
    [TestCase("github.com/Acme/a@v1.0.0", false)]
    [TestCase("example.com/a", false)]
    [TestCase("example.com/a@", false)]
    [TestCase("@v1.0.0", false)]
    [TestCase("example.com/a@v1.0.0@v1.0.0", false)]
    [TestCase("example.com/a@main", false)]
    [TestCase("example.com/../a@v1.0.0", false)]
    [TestCase("example.com/a@v1.0.0/go.mod", false)]
    public void ParseVersion_OfALookup_TakesCanonicalVersionsOnly(string escaped, bool isOne) => (ModuleRequest.ParseVersion(escaped) is not null).ShouldBe(isOne);
}

public sealed class ModuleRulesTests
{
    private static readonly ModuleRules Rules = new(
        ["git.example.cn/team"], ["github.com/acme/signed"],
        [new("github.com/evil/pkg", null, null), new("github.com/evil/below/...", null, null), new("example.com/a", "v1.0.1", "broken")], TimeSpan.Zero);

    [TestCase("git.example.cn/team", true)]
    [TestCase("git.example.cn/team/x/v2", true)]
    [TestCase("git.example.cn/teamwork", false)]
    [TestCase("git.example.cn", false)]
    [TestCase("git.example.cn/Team/x", true)]
    public void IsPrivate_GoesByWholeElementsInAnySpelling(string path, bool isPrivate)
    {
        Rules.IsPrivate(path).ShouldBe(isPrivate);
        Rules.NeedsSignature(path).ShouldBe(isPrivate);
    }

    [TestCase("github.com/acme/signed/x", true)]
    [TestCase("github.com/Acme/Signed", true)]
    [TestCase("github.com/acme/signedx", false)]
    public void NeedsSignature_GoesByWholeElementsInAnySpelling(string path, bool isSigned) => Rules.NeedsSignature(path).ShouldBe(isSigned);

    [TestCase("github.com/evil/pkg", "v9.0.0", true)]
    [TestCase("github.com/Evil/PKG", "v9.0.0", true)]
    [TestCase("github.com/evil/pkg/sub", "v9.0.0", false)]
    [TestCase("github.com/evil/below", "v1.0.0", true)]
    [TestCase("github.com/evil/Below/x", "v1.0.0", true)]
    [TestCase("github.com/evil/belowx", "v1.0.0", false)]
    [TestCase("example.com/a", "v1.0.1", true)]
    [TestCase("example.com/a", "v1.0.2", false)]
    public void FindDenied_GoesByPathInAnySpellingAndVersion(string path, string version, bool isDenied) => (Rules.FindDenied(path, version) is not null).ShouldBe(isDenied);
}
