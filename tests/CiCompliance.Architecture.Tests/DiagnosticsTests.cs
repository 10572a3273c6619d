using System.Reflection;
using System.Text.RegularExpressions;
using CiCompliance.Diagnostics;
using CiCompliance.Pipeline;

namespace CiCompliance.Architecture.Tests;

/// <summary>Every diagnostic has a code of its own, a page, and a test that provokes it.</summary>
public sealed partial class DiagnosticsTests
{
    private static readonly string Pages = Path.Combine(Product.Root, "docs", "diagnostics");

    private static readonly IReadOnlyList<(FieldInfo Field, Diagnostic Diagnostic)> All =
        [.. Product.Assemblies.SelectMany(TypesOf)
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(field => field.FieldType == typeof(Diagnostic))
            .Select(field => (field, (Diagnostic)field.GetValue(null)!))];

    // Where the tests live: code in their sources says what they provoke.
    private static readonly Lazy<string> TestSources = new(() => string.Concat(
        Directory.EnumerateFiles(Path.Combine(Product.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("Architecture.Tests", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal))
            .Select(File.ReadAllText)));

    private static IEnumerable<TestCaseData> Diagnostics() =>
        All.Select(item => new TestCaseData(item.Field, item.Diagnostic).SetArgDisplayNames(item.Diagnostic.Code));

    [Test]
    public void Codes_OfAllDiagnostics_AreUnique() =>
        All.GroupBy(item => item.Diagnostic.Code)
            .Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(item => $"{item.Field.DeclaringType!.Name}.{item.Field.Name}"))}")
            .ShouldBeEmpty();

    [TestCaseSource(nameof(Diagnostics))]
    public void Code_OfEachDiagnostic_HasItsForm(FieldInfo field, Diagnostic diagnostic)
    {
        Code().IsMatch(diagnostic.Code).ShouldBeTrue($"{field.DeclaringType!.Name}.{field.Name}");
        diagnostic.Title.ShouldNotBeNullOrWhiteSpace();
    }

    [TestCaseSource(nameof(Diagnostics))]
    public void Page_OfEachDiagnostic_SaysWhatItIs(FieldInfo field, Diagnostic diagnostic)
    {
        _ = field;
        var page = Path.Combine(Pages, diagnostic.Code + ".md");
        File.Exists(page).ShouldBeTrue($"docs/diagnostics/{diagnostic.Code}.md is missing");
        var lines = File.ReadAllLines(page);
        lines[0].ShouldBe($"# {diagnostic.Code}: {diagnostic.Title}");
        // Cancellation alone has an exit code that its kind does not say.
        lines.ShouldContain($"**Exit code** {(diagnostic.Code == "CIC0017" ? ExitCode.Cancelled : ExitCode.From(diagnostic.Kind))}");
        foreach (var section in new[] { "## What happened", "## What to do", "## Example" })
        {
            lines.ShouldContain(section);
        }
    }

    [TestCaseSource(nameof(Diagnostics))]
    public void EachDiagnostic_StandsInSomeTest(FieldInfo field, Diagnostic diagnostic) =>
        (TestSources.Value.Contains(diagnostic.Code, StringComparison.Ordinal)
            || TestSources.Value.Contains($"{field.DeclaringType!.Name}.{field.Name}", StringComparison.Ordinal))
            .ShouldBeTrue($"no test provokes {diagnostic.Code} ({field.DeclaringType!.Name}.{field.Name})");

    [Test]
    public void Pages_OfNoDiagnostic_AreRefused() =>
        (Directory.Exists(Pages) ? Directory.EnumerateFiles(Pages, "CIC*.md") : [])
            .Select(Path.GetFileNameWithoutExtension)
            .Except(All.Select(item => item.Diagnostic.Code))
            .ShouldBeEmpty();

    // MSBuild itself brings its own assemblies, so the types over them do not load here; they declare no diagnostics.
    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e) when (e.LoaderExceptions.All(cause => cause is FileNotFoundException { FileName: { } file } && file.StartsWith("Microsoft.Build", StringComparison.Ordinal)))
        {
            return e.Types.OfType<Type>();
        }
    }

    [GeneratedRegex("^CIC[0-7][0-9]{3}$")]
    private static partial Regex Code();
}
