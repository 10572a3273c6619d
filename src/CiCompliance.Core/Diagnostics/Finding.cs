namespace CiCompliance.Diagnostics;

/// <summary>One thing found, for the person whose build it stops: where, what happened, what to do.</summary>
/// <param name="Diagnostic">The numbered diagnostic.</param>
/// <param name="Origin">A file, commit, module or tool; with <c>(line,column)</c> where there is one.</param>
/// <param name="What">What happened, without a final full stop.</param>
/// <param name="Fix">What to do, without a final full stop.</param>
public sealed record Finding(Diagnostic Diagnostic, string Origin, LocalizedText What, LocalizedText Fix)
{
    /// <summary><c>origin : error CICnnnn: what happened. what to do</c>, the form that MSBuild and CI systems recognise.</summary>
    public string Format(Language language)
    {
        var severity = Diagnostic.Kind == DiagnosticKind.Notice ? "warning" : "error";
        return $"{Origin} : {severity} {Diagnostic.Code}: {What.In(language)}. {Fix.In(language)}";
    }
}
