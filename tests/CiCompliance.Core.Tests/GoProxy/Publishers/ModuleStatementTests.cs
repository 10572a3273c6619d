using System.Text;
using CiCompliance.Attestations;
using CiCompliance.Go;
using CiCompliance.GoProxy.Publishers;

namespace CiCompliance.Core.Tests.GoProxy.Publishers;

public sealed class ModuleStatementTests
{
    [Test]
    public void Json_OfAVersion_IsThisToTheByte()
    {
        var expected = """
            {"_type":"https://in-toto.io/Statement/v1","predicate":{"module":"git.example.cn/Team/lib/v2","version":"v2.0.0"},"predicateType":"urn:cicompliance:predicate:go-module:v1","subject":[{"digest":{"dirHash":"ZIP"},"name":"git.example.cn/Team/lib/v2@v2.0.0"},{"digest":{"dirHash":"MOD"},"name":"git.example.cn/Team/lib/v2@v2.0.0/go.mod"}]}
            """
            .Replace("ZIP", string.Concat(Enumerable.Repeat("01", 32)), StringComparison.Ordinal)
            .Replace("MOD", string.Concat(Enumerable.Repeat("02", 32)), StringComparison.Ordinal);

        var statement = ModuleStatement.Create(new("git.example.cn/Team/lib/v2", "v2.0.0"), Modules.ZipHash, Modules.GoModHash);

        Encoding.UTF8.GetString(statement.Json).ShouldBe(expected);
        PredicateTypes.GoModule.ShouldBe("urn:cicompliance:predicate:go-module:v1");
        Encoding.UTF8.GetString(statement.SignedBytes).ShouldStartWith($"DSSEv1 28 application/vnd.in-toto+json {statement.Json.Length} {{\"_type\"");
    }

    [TestCase("../etc", "v1.0.0")]
    [TestCase("git.example.cn/a b", "v1.0.0")]
    [TestCase("git.example.cn/a", "1.0.0")]
    [TestCase("git.example.cn/a", "v1/../x")]
    [TestCase("", "v1.0.0")]
    public void Create_WhenItIsNoModuleVersion_Throws(string path, string version) =>
        Should.Throw<FormatException>(() => ModuleStatement.Create(new ModuleVersion(path, version), Modules.ZipHash, Modules.GoModHash));

    [TestCase("")]
    [TestCase("h1:")]
    [TestCase("h1:AAAA")]
    [TestCase("h2:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")]
    [TestCase("h1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQF=", Description = "stray bits: a second form of the same hash")]
    public void Create_WhenAHashIsNone_Throws(string hash)
    {
        Should.Throw<FormatException>(() => ModuleStatement.Create(Modules.Lib, hash, Modules.GoModHash));
        Should.Throw<FormatException>(() => ModuleStatement.Create(Modules.Lib, Modules.ZipHash, hash));
    }
}
