using System.Xml.Linq;

namespace CiCompliance.Build.Testing;

/// <summary>Reads the results that <c>dotnet test --logger trx</c> writes.</summary>
internal static class TrxReport
{
    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    public static TestOutcome Read(string file)
    {
        var (document, name) = Load(file);
        var results = document.Descendants(Trx + "UnitTestResult").ToLookup(result => (string?)result.Attribute("outcome"));
        return new TestOutcome(
            results["Passed"].Count(),
            [.. results.Where(group => group.Key is not ("Passed" or "NotExecuted")).SelectMany(group => group).Select(Failure)],
            [.. results["NotExecuted"].Select(result => new TestNote(name(result), Message(result)))]);

        TestNote Failure(XElement result) => new(name(result), $"{Message(result)}\n{Detail(result, "StackTrace")}".TrimEnd());
    }

    /// <summary>What each test that ran wrote to its output, by the tests' names; those that wrote nothing are left out.</summary>
    public static IReadOnlyList<(string Test, string Output)> ReadOutputs(string file)
    {
        var (document, name) = Load(file);
        return [.. document.Descendants(Trx + "UnitTestResult").Select(result => (name(result), Detail(result, "StdOut")))
            .Where(pair => pair.Item2.Length > 0).OrderBy(pair => pair.Item1, StringComparer.Ordinal)];
    }

    private static (XDocument Document, Func<XElement, string> NameOf) Load(string file)
    {
        var document = XDocument.Load(file);
        var classes = document.Descendants(Trx + "UnitTest").ToDictionary(
            test => (string?)test.Attribute("id") ?? "",
            test => (string?)test.Element(Trx + "TestMethod")?.Attribute("className"));
        return (document, result => $"{classes.GetValueOrDefault((string?)result.Attribute("testId") ?? "")}.{(string?)result.Attribute("testName")}");
    }

    private static string Message(XElement result) => Detail(result, "Message") is { Length: > 0 } message ? message : "gave no reason";

    private static string Detail(XElement result, string name) => ((string?)result.Descendants(Trx + name).FirstOrDefault() ?? "").Trim();
}
