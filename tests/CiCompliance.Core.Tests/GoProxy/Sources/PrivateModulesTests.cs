using CiCompliance.GoProxy.Sources;

namespace CiCompliance.Core.Tests.GoProxy.Sources;

public sealed class PrivateModulesTests
{
    private static readonly PrivateModules Modules = new() { Prefix = "git.example.cn", RepositoryUrl = "https://git.example.cn/{1}/{2}.git" };

    [TestCase("git.example.cn/team/repo", "https://git.example.cn/team/repo.git", "", "")]
    [TestCase("git.example.cn/team/repo/v2", "https://git.example.cn/team/repo.git", "", "v2")]
    [TestCase("git.example.cn/team/repo/sub/deep", "https://git.example.cn/team/repo.git", "sub/deep", "")]
    [TestCase("git.example.cn/team/repo/sub/v3", "https://git.example.cn/team/repo.git", "sub", "v3")]
    [TestCase("git.example.cn/team/v2", "https://git.example.cn/team/v2.git", "", "v2")]
    [TestCase("git.example.cn/team/v2/sub", "https://git.example.cn/team/v2.git", "sub", "")]
    [TestCase("git.example.cn/Team/Repo", "https://git.example.cn/Team/Repo.git", "", "")]
    public void Locate_SplitsThePath(string path, string remote, string directory, string major)
    {
        var location = Modules.Validate().Locate(path)!;
        location.ShouldBe(new(path, remote, location.Root, directory, major));
        path.ShouldStartWith(location.Root);
    }

    [TestCase("git.example.cn")]
    [TestCase("git.example.cn/team")]
    [TestCase("git.example.cnx/team/repo")]
    [TestCase("git.example.cn/../repo")]
    [TestCase("git.example.cn/team/repo/v1")]
    [TestCase("git.example.cn/team/repo/v02")]
    [TestCase("git.example.cn/team/.repo")]
    [TestCase("git.example.cn/team/con")]
    [TestCase("git.example.cn/team/repo~1")]
    [TestCase("git.example.cn/team/é")]
    [TestCase("git.example.cn/team/{1}")]
    public void Locate_WhenItIsNoModuleOfTheEntry_IsNull(string path) => Modules.Locate(path).ShouldBeNull();

    [Test]
    public void Locate_WhenPlaceholdersAreInAnyOrder_CountsTheHighest() =>
        (Modules with { Prefix = "a.test/x", RepositoryUrl = "ssh://git@h/{2}/{1}-{2}", SshKeyFile = "/k", KnownHostsFile = "/h" }).Validate()
            .Locate("a.test/x/one/two/three")!.ShouldBe(new("a.test/x/one/two/three", "ssh://git@h/two/one-two", "a.test/x/one/two", "three", ""));

    [TestCase("http://git.example.cn/{1}")]
    [TestCase("http://127.0.0.1/{1}")]
    [TestCase("file:///srv/{1}")]
    [TestCase("git://git.example.cn/{1}")]
    [TestCase("ext::sh -c id")]
    [TestCase("git@git.example.cn:{1}.git")]
    [TestCase("https://user:s3cret-canary@git.example.cn/{1}")]
    [TestCase("https://token-canary@git.example.cn/{1}")]
    [TestCase("https://{1}/{2}")]
    [TestCase("https://git.example.cn{1}/x")]
    [TestCase("https://git.example.cn/{2}")]
    [TestCase("https://git.example.cn/{0}")]
    [TestCase("https://git.example.cn/{1}/../{2}")]
    [TestCase("https://git.example.cn/{1}?x=s3cret-canary")]
    [TestCase("https://-git.example.cn/{1}")]
    [TestCase("https://git.example.cn")]
    [TestCase("https://git.example.cn/a b")]
    [TestCase("--upload-pack=id")]
    [TestCase("")]
    public void Validate_WhenTheUrlIsNotInItsForm_Refuses(string url) =>
        Should.Throw<FormatException>(() => (Modules with { RepositoryUrl = url }).Validate()).Message.ShouldNotContain("canary");

    [TestCase("ssh://git@git.example.cn/{1}", "/keys/id", "/keys/hosts", true)]
    [TestCase("ssh://git@git.example.cn:2222/{1}", "/keys/id", "/keys/hosts", true)]
    [TestCase("ssh://-oProxyCommand=id@git.example.cn/{1}", "/keys/id", "/keys/hosts", false)]
    [TestCase("ssh://git:pw@git.example.cn/{1}", "/keys/id", "/keys/hosts", false)]
    [TestCase("ssh://git@git.example.cn/{1}", "/keys/id", null, false)]
    [TestCase("ssh://git@git.example.cn/{1}", null, "/keys/hosts", false)]
    [TestCase("ssh://git@git.example.cn/{1}", "keys/id", "/keys/hosts", false)]
    [TestCase("ssh://git@git.example.cn/{1}", "/keys/id", "/keys/a b", false)]
    [TestCase("ssh://git@git.example.cn/{1}", "/keys/id;id", "/keys/hosts", false)]
    [TestCase("ssh://git@git.example.cn/{1}", "/keys/%h", "/keys/hosts", false)]
    [TestCase("https://git.example.cn/{1}", "/keys/id", "/keys/hosts", false)]
    public void Validate_OfSsh_WantsBothFiles(string url, string? key, string? hosts, bool isValid)
    {
        var modules = Modules with { RepositoryUrl = url, SshKeyFile = key, KnownHostsFile = hosts };
        if (isValid)
        {
            modules.Validate().ShouldBe(modules);
        }
        else
        {
            Should.Throw<FormatException>(modules.Validate);
        }
    }

    [TestCase("")]
    [TestCase("Git.example.cn")]
    [TestCase("localhost")]
    [TestCase("git.example.cn/")]
    [TestCase("git.example.cn/../x")]
    [TestCase("-git.example.cn")]
    [TestCase("gopkg.in")]
    public void Validate_WhenThePrefixIsNone_Refuses(string prefix) => Should.Throw<FormatException>(() => (Modules with { Prefix = prefix }).Validate());

    [TestCase("/etc/cicompliance/git-credentials", true)]
    [TestCase("/etc/it's", false)]
    [TestCase("/etc/$(id)", false)]
    [TestCase("credentials", false)]
    public void Validate_WhenAFileNameHasOtherCharacters_Refuses(string file, bool isValid)
    {
        var modules = Modules with { CredentialsFile = file };
        _ = isValid ? modules.Validate() : Should.Throw<FormatException>(modules.Validate) as object;
    }
}
