using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.GoProxy.Configuration;

namespace CiCompliance.Core.Tests.GoProxy.Configuration;

public sealed class GoProxyConfigurationReaderTests
{
    [Test]
    public void Read_OfEverything_ReadsIt()
    {
        var read = Read("""
            version: 1
            language: zh
            upstream:
              proxies: https://goproxy.cn|https://proxy.golang.org,https://third.example
              redirect-hosts: [cdn.example.cn]
            modules:
              private-readers: everybody
              private:
                - prefix: git.example.cn/team
                  repository: https://git.example.cn/team/{1}.git
                  credentials: secret
              signed: [github.com/acme]
              deny:
                - module: github.com/evil/...
                - module: example.com/a
                  version: v1.0.1
                  reason: broken
              minimum-age: 7d
            signatures:
              - folder: signatures
              - url: https://signatures.example.cn/
            cache:
              size: 3GiB
              age: 48h
            """);
        read.Language.ShouldBe(Language.Chinese);
        read.Upstreams.Select(one => (one.Url.AbsoluteUri, one.OnAnyError)).ShouldBe([("https://goproxy.cn/", true), ("https://proxy.golang.org/", false), ("https://third.example/", false)]);
        read.Upstreams.ShouldAllBe(one => one.RedirectHosts.Single() == "cdn.example.cn");
        read.Sumdb!.Key.Name.ShouldBe("sum.golang.org");
        (read.Rules.Private.Single(), read.Rules.Signed.Single(), read.Rules.MinimumAge).ShouldBe(("git.example.cn/team", "github.com/acme", TimeSpan.FromDays(7)));
        read.Rules.FindDenied("example.com/a", "v1.0.1")!.Reason.ShouldBe("broken");
        read.PrivateForEverybody.ShouldBeTrue();
        read.Private.Single().CredentialsFile.ShouldBe("/etc/goproxy/secret");
        read.Signatures.ShouldBe([new(SignaturePlaceKind.Folder, "/etc/goproxy/signatures"), new(SignaturePlaceKind.Http, "https://signatures.example.cn/")]);
        read.Cache.ShouldBe(new CacheLimits(3L << 30, TimeSpan.FromHours(48)));
    }

    [Test]
    public void Read_OfNothing_LetsNothingNewThrough()
    {
        var read = Read("version: 1\n");
        read.Upstreams.ShouldBeEmpty();
        read.Sumdb.ShouldBeNull();
        read.PrivateForEverybody.ShouldBeFalse();
        (read.Rules.MinimumAge, read.Private.Count, read.Rules.Denied.Count).ShouldBe((TimeSpan.Zero, 0, 0));
    }

    [TestCase("version: 2\n")]
    [TestCase("versoin: 1\n")]
    [TestCase("version: 1\nextra: x\n")]
    [TestCase("version: 1\nversion: 1\n")]
    [TestCase("version: 1\nlanguage: fr\n")]
    [TestCase("version: 1\nupstream:\n  proxies: http://proxy.example\n")]
    [TestCase("version: 1\nupstream:\n  proxies: https://user:secret@proxy.example\n")]
    [TestCase("version: 1\nupstream:\n  proxies: https://proxy.example,direct\n")]
    [TestCase("version: 1\nupstream:\n  proxies: https://proxy.example,off\n")]
    [TestCase("version: 1\nupstream:\n  proxies: https://proxy.example,\n")]
    [TestCase("version: 1\nupstream:\n  proxies: https://proxy.example/?a=b\n")]
    [TestCase("version: 1\nupstream:\n  sumdb: off\n")]
    [TestCase("version: 1\nupstream:\n  sumdb: sum.example.cn\n")]
    [TestCase("version: 1\nupstream:\n  redirect-hosts: ['*']\n")]
    [TestCase("version: 1\nupstream:\n  redirect-hosts: ['127.0.0.1']\n")]
    [TestCase("version: 1\nmodules:\n  private-readers: all\n")]
    [TestCase("version: 1\nmodules:\n  minimum-age: 7\n")]
    [TestCase("version: 1\nmodules:\n  minimum-age: -7d\n")]
    [TestCase("version: 1\nmodules:\n  minimum-age: 99999d\n")]
    [TestCase("version: 1\nmodules:\n  deny:\n    - module: '*'\n")]
    [TestCase("version: 1\nmodules:\n  deny:\n    - module: example.com/a\n      version: v1\n")]
    [TestCase("version: 1\nmodules:\n  deny:\n    - version: v1.0.0\n")]
    [TestCase("version: 1\nmodules:\n  signed: [github.com/acme]\n", Description = "and no place of signatures")]
    [TestCase("version: 1\nmodules:\n  signed: ['github.com/acme/*']\nsignatures:\n  - folder: x\n")]
    [TestCase("version: 1\nmodules:\n  private:\n    - prefix: git.example.cn\n      repository: ftp://git.example.cn/{1}\nsignatures:\n  - folder: x\n")]
    [TestCase("version: 1\nmodules:\n  private:\n    - prefix: git.example.cn\n      repository: https://u:p@git.example.cn/{1}\nsignatures:\n  - folder: x\n")]
    [TestCase("version: 1\nmodules:\n  private:\n    - prefix: ../git\n      repository: https://git.example.cn/{1}\nsignatures:\n  - folder: x\n")]
    [TestCase("version: 1\nmodules:\n  private:\n    - prefix: git.example.cn\nsignatures:\n  - folder: x\n")]
    [TestCase("version: 1\nsignatures:\n  - folder: x\n    url: https://s.example/\n")]
    [TestCase("version: 1\nsignatures:\n  - {}\n")]
    [TestCase("version: 1\nsignatures:\n  - url: http://s.example/\n")]
    [TestCase("version: 1\ncache:\n  size: 5\n")]
    [TestCase("version: 1\ncache:\n  size: 0GiB\n")]
    [TestCase("version: 1\ncache:\n  size: 9999TiB\n")]
    [TestCase("version: 1\ncache: 5GiB\n")]
    [TestCase("")]
    [TestCase("- version: 1\n")]
    [TestCase("a: &x [*x]\n")]
    public void Read_OfWhatIsWrong_RefusesAllOfIt(string yaml)
    {
        var e = Should.Throw<CiComplianceException>(() => Read(yaml));
        e.Diagnostic.Kind.ShouldBeOneOf(DiagnosticKind.Usage, DiagnosticKind.NotCompliant);
        e.Finding.Format(Language.English).ShouldNotContain("secret");
    }

    [Test]
    public void Read_OfARepositoryThatIsNone_IsSaid() =>
        Should.Throw<CiComplianceException>(() => Read(
            "version: 1\nmodules:\n  private:\n    - prefix: git.example.cn\n      repository: https://{1}.example.cn/x\nsignatures:\n  - folder: x\n")).Diagnostic.Code.ShouldBe("CIC7120");

    private static GoProxyConfiguration Read(string yaml) => GoProxyConfigurationReader.Read(Encoding.UTF8.GetBytes(yaml), "goproxy.yml", "/etc/goproxy");
}
