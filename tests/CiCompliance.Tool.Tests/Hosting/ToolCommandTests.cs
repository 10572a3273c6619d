using CiCompliance.Testing;
using CiCompliance.Tool.Hosting;

namespace CiCompliance.Tool.Tests.Hosting;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ToolCommandTests : IDisposable
{
    private readonly TempDirectory temporary = new();
    private readonly string tool;

    public ToolCommandTests() => tool = temporary.Write("tool/cicompliance", "");

    public void Dispose() => temporary.Dispose();

    [Test]
    public void Of_WhenPathLeadsToIt_IsItsName()
    {
        Directory.CreateDirectory(temporary.Combine("bin"));
        File.CreateSymbolicLink(temporary.Combine("bin", "cicompliance"), tool);
        Words(tool, temporary.Combine("bin")).ShouldBe(["cicompliance"]);
    }

    [Test]
    public void Of_WhenPathLeadsToAnotherFirst_IsItsPath()
    {
        temporary.Write("bin/cicompliance", "");
        Words(tool, $"{temporary.Combine("bin")}:{temporary.Combine("tool")}").ShouldBe([tool]);
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("tool:.")]
    public void Of_WhenNoPathLeadsToIt_IsItsPath(string? path) => Words(tool, path).ShouldBe([tool]);

    [Test]
    public void Of_WhenDotnetRunsIt_NamesTheAssembly()
    {
        var dotnet = temporary.Write("sdk/dotnet", "");
        Words(dotnet, temporary.Combine("sdk")).ShouldBe(["dotnet", temporary.Combine("tool", "cicompliance.dll")]);
        Words(dotnet, null).ShouldBe([dotnet, temporary.Combine("tool", "cicompliance.dll")]);
    }

    private IReadOnlyList<string> Words(string process, string? path) => ToolCommand.Of(process, temporary.Combine("tool"), path);
}
