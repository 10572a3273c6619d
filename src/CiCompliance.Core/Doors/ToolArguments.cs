using System.Globalization;

namespace CiCompliance.Doors;

/// <summary>What a door has to know about the command line that it gives the tool.</summary>
public static class ToolArguments
{
    private static readonly string[] Judging = ["run", "verify", "build", "sbom", "sign", "record", "assess", "seal"];

    /// <summary>
    /// Options whose value says where a key, a passphrase, a token or a certificate is. A test holds them equal to the tool's. A value that is
    /// neither a file nor a descriptor may be the secret itself, and every user of the machine reads a child's arguments.
    /// </summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        "sm2-key", "sm2-key-passphrase", "p256-key", "p256-key-passphrase", "log-key", "log-key-passphrase", "log-sm2-key", "log-sm2-key-passphrase",
        "proxy-token-file", "token", "sm2-certificates", "p256-certificates", "key", "tls-key", "writer-token-file", "witness-key", "witness-key-passphrase",
        "sumdb-key", "sumdb-key-passphrase", "sumdb-sm2-key", "sumdb-sm2-key-passphrase", "reader-token-file", "export-key", "export-key-passphrase",
        "publisher-key", "publisher-key-passphrase",
    ];

    /// <summary>Variables that weaken a run by themselves: a door that was told "no" takes them away from its child.</summary>
    public static IReadOnlyList<string> WeakeningVariables { get; } = [VariableOf("demonstration"), VariableOf("allow-demonstration")];

    /// <param name="option">An option's name, for example <c>range</c>.</param>
    /// <returns>The variable that the tool reads for it: <c>CICOMPLIANCE_RANGE</c>.</returns>
    public static string VariableOf(string option) => "CICOMPLIANCE_" + option.ToUpperInvariant().Replace('-', '_');

    /// <param name="arguments">The tool's.</param>
    /// <returns>Whether the verb ends with a verdict.</returns>
    public static bool Judge(IReadOnlyList<string> arguments) =>
        arguments is ["env", "verify", ..] || (arguments.Count > 0 && Judging.Contains(arguments[0]));

    /// <summary>Finds what must not be given to a child.</summary>
    /// <param name="arguments">The tool's, in any form that it takes: <c>--name=value</c>, <c>--name:value</c>, <c>--name value</c>.</param>
    /// <param name="workingDirectory">Where relative paths begin.</param>
    /// <returns>The first key option whose value is neither an existing file nor <c>fd:N</c>; the value is never part of it. Null: none.</returns>
    public static string? WithoutReference(IReadOnlyList<string> arguments, string workingDirectory)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var parts = arguments[i].Split(['=', ':'], 2);
            if (Keys.Any(name => parts[0] == "--" + name)
                && !IsReference(parts.Length == 2 ? parts[1] : arguments.ElementAtOrDefault(i + 1) ?? "", workingDirectory))
            {
                return parts[0];
            }
        }

        return null;
    }

    /// <summary>The value of an option as the tool would read it from its command line.</summary>
    /// <param name="arguments">The tool's.</param>
    /// <param name="option">An option's name.</param>
    /// <returns>Null: it is not there.</returns>
    public static string? ValueOf(IReadOnlyList<string> arguments, string option)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var parts = arguments[i].Split(['=', ':'], 2);
            if (parts[0] == "--" + option)
            {
                return parts.Length == 2 ? parts[1] : arguments.ElementAtOrDefault(i + 1) ?? "";
            }
        }

        return null;
    }

    private static bool IsReference(string value, string workingDirectory) =>
        value.StartsWith("fd:", StringComparison.Ordinal)
            ? int.TryParse(value.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            : value.Length is > 0 and < 4096 && !value.Any(char.IsControl) && File.Exists(Path.Combine(workingDirectory, value));
}
