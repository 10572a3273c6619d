using System.Globalization;
using System.Text.Json;
using CiCompliance.Go;
using CiCompliance.GoProxy.Sources;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.GoProxy.Sources;

/// <summary>A repository, and what the real go command with GOPROXY=direct and the source under test make of it.</summary>
public abstract class GoDirectParity
{
    protected const string Root = GitSourceFixture.Root;

    internal GitSourceFixture Fixture { get; private set; } = null!;

    internal GoDirect Go { get; private set; } = null!;

    [SetUp]
    public void SetUp()
    {
        Fixture = new();
        Go = new(Fixture.Git.Path);
    }

    [TearDown]
    public void TearDown()
    {
        Go.Dispose();
        Fixture.Dispose();
    }

    protected Task SameAsync(params string[] queries) => SameAsync(Root, queries);

    protected Task SameAsync(string path, string[] queries) => SameAsync(Go, path, queries);

    protected Task SameAsync(string path, string query, params string[] queries) => SameAsync(Go, path, [query, .. queries]);

    private protected async Task SameAsync(GoDirect direct, string path, params string[] queries)
    {
        var problems = new List<string>();
        foreach (var query in queries)
        {
            var theirs = direct.Download($"{path}@{query}");
            var expected = theirs.TryGetValue("Error", out var error) ? "refused" : $"{theirs["Version"]} {Time(theirs["Info"])} {theirs["Sum"]} {theirs["GoModSum"]}";
            var (actual, why) = await OursAsync(path, query);
            TestContext.Out.WriteLine($"{path}@{query}: {expected} {error}\n    {why}");
            if (actual != expected)
            {
                problems.Add($"{path}@{query}: go says {expected} {error}, we {actual} {why}");
            }
        }

        problems.ShouldBeEmpty();
    }

    private protected async Task SameListAsync(string path, GoDirect? direct = null) =>
        (await Fixture.Source.ListAsync(path, CancellationToken.None)).ShouldBe((direct ?? Go).Versions(path), ignoreOrder: true);

    private async Task<(string Result, string Why)> OursAsync(string path, string query)
    {
        try
        {
            var info = await Fixture.ResolveAsync(query, path);
            var module = new ModuleVersion(path, info.Version);
            var goMod = await Fixture.Source.ReadGoModAsync(module, CancellationToken.None);
            var zip = await Fixture.ZipAsync(info.Version, path);
            return ($"{info.Version} {info.Time:u} {FixtureModuleProxy.HashOf(zip, module)} {ModuleZip.HashGoMod(goMod)}", "");
        }
        catch (ModuleNotFoundException e)
        {
            return ("refused", e.Message);
        }
    }

    private static string Time(string infoFile)
    {
        using var info = JsonDocument.Parse(File.ReadAllBytes(infoFile));
        return info.RootElement.GetProperty("Time").GetDateTimeOffset().ToString("u", CultureInfo.InvariantCulture);
    }
}
