namespace CiCompliance.Tool.CommandLine;

/// <summary>One option, the same in every verb that has it.</summary>
/// <param name="Name">Without dashes.</param>
/// <param name="ValueName">What help shows for the value; null for a flag.</param>
/// <param name="Protected">
/// Names where a key or a passphrase is (a file or <c>fd:N</c>). Such an option has no environment twin, and its value is never printed:
/// somebody may have put the secret itself there.
/// </param>
/// <param name="Many">May be given several times.</param>
internal sealed record OptionDefinition(string Name, string? ValueName, LocalizedText Help, bool Protected = false, bool Many = false)
{
    public string Long => "--" + Name;

    public bool IsFlag => ValueName is null;

    /// <summary>The variable's name whether or not it is read; a protected option refuses it.</summary>
    public string VariableName => "CICOMPLIANCE_" + Name.ToUpperInvariant().Replace('-', '_');

    public string? EnvironmentVariable => Protected ? null : VariableName;
}

/// <param name="Min">How many at least; there is no upper limit where <paramref name="Many"/> is set, one otherwise.</param>
internal sealed record OperandDefinition(string Name, LocalizedText Help, int Min = 1, bool Many = false);
