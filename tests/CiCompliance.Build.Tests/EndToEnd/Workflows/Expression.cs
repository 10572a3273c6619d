using System.Text.RegularExpressions;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>The few forms of GitHub's expressions that the workflow uses; any other fails the test.</summary>
internal static partial class Expression
{
    /// <param name="read">The value of a name such as <c>inputs.project</c>.</param>
    public static string Fill(string text, Func<string, string> read) => Embedded().Replace(text, match => Evaluate(match.Groups[1].Value, read));

    public static bool IsTrue(string condition, Func<string, string> read) =>
        Evaluate(Embedded().Match(condition) is { Success: true } match ? match.Groups[1].Value : condition, read) is not ("" or "false");

    private static string Evaluate(string expression, Func<string, string> read)
    {
        expression = expression.Trim();
        if (expression.Split("||", 2) is [var first, var second])
        {
            return Evaluate(first, read) is { } value and not ("" or "false") ? value : Evaluate(second, read);
        }

        if (expression.Split("&&", 2) is [var left, var right])
        {
            return Evaluate(left, read) is "" or "false" ? "false" : Evaluate(right, read);
        }

        if (expression.Split("!=", 2) is [var a, var b])
        {
            return Evaluate(a, read) != Evaluate(b, read) ? "true" : "false";
        }

        if (expression.Split("==", 2) is [var one, var other])
        {
            return Evaluate(one, read) == Evaluate(other, read) ? "true" : "false";
        }

        return expression == "!cancelled()" ? "true"
            : expression is ['\'', .. var text, '\''] ? text
            : Name().IsMatch(expression) ? read(expression)
            : throw new NotSupportedException(expression);
    }

    [GeneratedRegex(@"\$\{\{(.*?)\}\}")]
    private static partial Regex Embedded();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]*([.][A-Za-z][A-Za-z0-9_-]*)+$")]
    private static partial Regex Name();
}
