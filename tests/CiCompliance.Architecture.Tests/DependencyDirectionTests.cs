using System.Reflection;

namespace CiCompliance.Architecture.Tests;

/// <summary>Doors → Server (the Tool only) → adapters → Core; no door references another (DESIGN.md, Layout).</summary>
public sealed class DependencyDirectionTests
{
    private static readonly string[] Adapters = ["CiCompliance.Core", "CiCompliance.Git", "CiCompliance.GitHub", "CiCompliance.Cryptography"];

    /// <summary>What each assembly may reference besides the base class library; a name ending in a dot stands for all that begin so.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["CiCompliance.Core"] = ["YamlDotNet"],
        ["CiCompliance.Git"] = ["CiCompliance.Core", "LibGit2Sharp"],
        ["CiCompliance.GitHub"] = ["CiCompliance.Core", "Octokit"],
        ["CiCompliance.Cryptography"] = ["CiCompliance.Core", "BouncyCastle.Crypto"],
        ["CiCompliance.Server"] = [.. Adapters, "Microsoft.AspNetCore", "Microsoft.AspNetCore.", "Microsoft.Extensions."],
        ["cicompliance"] = [.. Adapters, "CiCompliance.Server", "System.CommandLine", "Microsoft.AspNetCore.", "Microsoft.Extensions."],
        ["CiCompliance.MSBuild"] = ["CiCompliance.Core", "Microsoft.Build."],
        ["CiCompliance.Cake"] = ["CiCompliance.Core", "Cake.", "Microsoft.Extensions.DependencyInjection."],
    };

    private static IEnumerable<TestCaseData> Assemblies() =>
        Product.Assemblies.Select(assembly => new TestCaseData(assembly).SetArgDisplayNames(assembly.GetName().Name!));

    [TestCaseSource(nameof(Assemblies))]
    public void References_OfEachAssembly_PointTowardsTheCore(Assembly assembly)
    {
        var name = assembly.GetName().Name!;
        Allowed.ShouldContainKey(name, "say here what a new assembly may reference");
        assembly.GetReferencedAssemblies().Select(reference => reference.Name!)
            .Where(reference => !IsBaseClassLibrary(reference) && !Allowed[name].Any(allowed => Matches(allowed, reference)))
            .ShouldBeEmpty();
    }

    [TestCase("CiCompliance.Core")]
    [TestCase("cicompliance")]
    [TestCase("CiCompliance.MSBuild")]
    public void Assemblies_OfTheProduct_Hold(string name) =>
        Product.Assemblies.Select(assembly => assembly.GetName().Name).ShouldContain(name);

    /// <summary>One role a process: what two need stands in Hosting or Search (DESIGN.md, Layout).</summary>
    [TestCase("GoProxy")]
    [TestCase("Log")]
    [TestCase("Witnessing")]
    public void ServerRoles_DoNotSeeOneAnother(string role)
    {
        var files = Directory.EnumerateFiles(Path.Combine(Product.Root, "src", "CiCompliance.Server", role), "*.cs", SearchOption.AllDirectories).ToList();
        files.ShouldNotBeEmpty();
        var others = new[] { "GoProxy", "Log", "Witnessing" }.Where(other => other != role).Select(other => $"CiCompliance.Server.{other}").ToList();
        files.Where(file => others.Exists(other => File.ReadLines(file).Any(line => line.Contains(other, StringComparison.Ordinal)))).ShouldBeEmpty();
    }

    // System.CommandLine is a package, not part of the base class library.
    private static bool IsBaseClassLibrary(string reference) =>
        reference is "System" or "netstandard" or "mscorlib" or "Microsoft.Win32.Primitives" || (reference.StartsWith("System.", StringComparison.Ordinal) && reference != "System.CommandLine");

    private static bool Matches(string allowed, string reference) =>
        allowed.EndsWith('.') ? reference.StartsWith(allowed, StringComparison.Ordinal) : reference == allowed;
}
