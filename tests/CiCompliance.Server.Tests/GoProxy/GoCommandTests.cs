using System.Net;
using CiCompliance.GoProxy;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.GoProxy;

/// <summary>The real go commands build through the proxy, with its own checksum database as GOSUMDB.</summary>
[Category(Peers.Category)]
internal sealed class GoCommandTests
{
    [TestCase("go1.19")]
    [TestCase("go1.23")]
    [TestCase("go1.24")]
    public async Task Build_OfSeveralModules_PassesWithTheProxysOwnDatabase(string go)
    {
        await using var proxy = await RunningProxy.StartAsync();
        AddModules(proxy);
        var project = Project(proxy);

        var (exit, output) = proxy.Go(go, project, go, "build", "-o", "app", ".");

        exit.ShouldBe(0, output);
        File.ReadAllText(Path.Combine(project, "go.sum")).ShouldContain("github.com/Acme/greet v1.2.0 h1:");
        proxy.Public.Requests.ShouldContain(request => request.StartsWith("/sumdb/sum.public.test/lookup/", StringComparison.Ordinal));
        proxy.Decisions.ShouldContain("\"event\":\"passed\"");

        // Again, with an empty module cache and nothing but the proxy.
        proxy.Public.Lie = _ => (500, []);
        (exit, output) = proxy.Go(go, project, go + "again", "build", "-o", "app", ".");
        exit.ShouldBe(0, output);
    }

    [TestCase("go1.19")]
    [TestCase("go1.23")]
    public async Task Build_WithAModuleThatIsDenied_ShowsTheDeveloperWhy(string go)
    {
        await using var proxy = await RunningProxy.StartAsync(options => options with
        {
            Rules = options.Rules with { Denied = [new DeniedModules("github.com/Acme/greet", "v1.2.0", "许可证未批准")] },
            Language = Diagnostics.Language.Chinese,
        });
        AddModules(proxy);

        var (exit, output) = proxy.Go(go, Project(proxy), go, "build", ".");

        exit.ShouldNotBe(0);
        output.ShouldContain("CIC7101 github.com/Acme/greet@v1.2.0");
        output.ShouldContain("许可证未批准");
        output.ShouldContain("请改用其他版本或模块");
        proxy.Decisions.ShouldContain("CIC7101");
    }

    [Test]
    public async Task Zip_ThatIsNotWhatTheDatabaseHolds_IsRefusedAndKeptInQuarantine()
    {
        await using var proxy = await RunningProxy.StartAsync();
        AddModules(proxy);
        var other = FixtureModuleProxy.Zip(new("github.com/Acme/greet", "v1.2.0"), new Dictionary<string, string> { ["go.mod"] = "module github.com/Acme/greet\n", ["greet.go"] = "package greet\n" });
        proxy.Public.Lie = path => path.EndsWith("greet/@v/v1.2.0.zip", StringComparison.Ordinal) ? (200, other) : null;

        var (exit, output) = proxy.Go("go1.23", Project(proxy), "lie", "build", ".");

        exit.ShouldNotBe(0);
        output.ShouldContain("CIC7106 github.com/Acme/greet@v1.2.0");
        Directory.GetFiles(Path.Combine(proxy.Path, "cache", "quarantine"), "*.txt").Length.ShouldBe(1);
        proxy.Events.ToString().ShouldContain("\"event\":\"alarm\"");
        (await proxy.GetAsync("/github.com/!acme/greet/@v/v1.2.0.zip")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static void AddModules(RunningProxy proxy)
    {
        proxy.Public.Add("github.com/Acme/greet", "v1.2.0", new Dictionary<string, string>
        {
            ["go.mod"] = "module github.com/Acme/greet\n\ngo 1.19\n\nrequire example.com/words v0.1.0\n",
            ["greet.go"] = "package greet\n\nimport \"example.com/words\"\n\nfunc Greet() string { return words.Hello + \", world\" }\n",
        });
        proxy.Public.Add("example.com/words", "v0.1.0", new Dictionary<string, string>
        {
            ["go.mod"] = "module example.com/words\n\ngo 1.19\n",
            ["words.go"] = "package words\n\nconst Hello = \"hello\"\n",
        });
    }

    private static string Project(RunningProxy proxy)
    {
        var project = proxy.Directory.Combine("project");
        Directory.CreateDirectory(project);
        File.WriteAllText(Path.Combine(project, "go.mod"), "module example.com/app\n\ngo 1.19\n\nrequire github.com/Acme/greet v1.2.0\n");
        File.WriteAllText(Path.Combine(project, "main.go"), "package main\n\nimport \"github.com/Acme/greet\"\n\nfunc main() { println(greet.Greet()) }\n");
        return project;
    }
}
