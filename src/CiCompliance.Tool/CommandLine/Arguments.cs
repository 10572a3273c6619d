namespace CiCompliance.Tool.CommandLine;

/// <summary>What was asked for: the command line first, then <c>CICOMPLIANCE_NAME</c>.</summary>
internal sealed class Arguments(
    VerbDefinition verb,
    IReadOnlyDictionary<string, IReadOnlyList<string>> given,
    IReadOnlyList<string> operands,
    Func<string, string?> environment)
{
    public VerbDefinition Verb { get; } = verb;

    public IReadOnlyList<string> Operands { get; } = operands;

    /// <summary>On the command line itself.</summary>
    public bool Given(OptionDefinition option) => given.ContainsKey(option.Long);

    /// <summary>The value, or null. An empty variable is no value.</summary>
    public string? Value(OptionDefinition option) =>
        given.TryGetValue(option.Long, out var values) ? values[0] : FromEnvironment(option);

    public IReadOnlyList<string> Values(OptionDefinition option) =>
        given.TryGetValue(option.Long, out var values) ? values
        : FromEnvironment(option) is { } value ? value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        : [];

    /// <exception cref="CiComplianceException">The variable says neither yes nor no (CIC0004).</exception>
    public bool Flag(OptionDefinition option) =>
        given.ContainsKey(option.Long) || FromEnvironment(option)?.ToLowerInvariant() switch
        {
            null or "0" or "false" => false,
            "1" or "true" => true,
            _ => throw new CiComplianceException(ToolDiagnostics.OptionValue, option.VariableName,
                new("it is neither true nor false", "取值既不是 true 也不是 false"), new("Set it to true or false", "请设为 true 或 false")),
        };

    /// <exception cref="CiComplianceException">Not given (CIC0003).</exception>
    public string Required(OptionDefinition option) => Value(option) ?? throw new CiComplianceException(ToolDiagnostics.CommandLine, "cicompliance",
        new($"{Verb.Path} needs {option.Long}", $"{Verb.Path} 需要 {option.Long}"),
        new($"Add {option.Long} {option.ValueName}", $"请添加 {option.Long} {option.ValueName}"));

    private string? FromEnvironment(OptionDefinition option) =>
        option.EnvironmentVariable is { } name && environment(name) is { Length: > 0 } value ? value : null;
}
