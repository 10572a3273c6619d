namespace CiCompliance.Policy;

/// <summary>Everything that is wrong with one policy file, in the order of the file.</summary>
internal sealed class PolicyProblems(string origin)
{
    private readonly List<(long Line, long Column, Finding Finding)> found = [];

    public bool Any => found.Count > 0;

    public void Add(Diagnostic diagnostic, YamlNode at, LocalizedText what, LocalizedText fix) => Add(diagnostic, at.Line, at.Column, what, fix);

    /// <summary>A problem of the whole file: line 0.</summary>
    public void Add(Diagnostic diagnostic, LocalizedText what, LocalizedText fix) => Add(diagnostic, 0, 0, what, fix);

    public void Add(Diagnostic diagnostic, long line, long column, LocalizedText what, LocalizedText fix) =>
        found.Add((line, column, new Finding(diagnostic, line == 0 ? origin : $"{origin}({line},{column})", what, fix)));

    public IReadOnlyList<Finding> ToFindings() =>
        [.. found.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column).Select(problem => problem.Finding)];
}
