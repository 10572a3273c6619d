using Cake.Core;

namespace CiCompliance.Cake;

/// <summary>
/// The options of a run, the same names as on the tool's command line. What is not set here is taken by the tool from its own
/// <c>CICOMPLIANCE_NAME</c> variables, then from its defaults.
/// </summary>
public sealed class ComplianceOptions
{
    private const string No = "false";

    private static readonly string[] Flags = ["quiet", "demonstration"];

    private readonly Dictionary<string, string> values = [];

    /// <summary>The tool to run: a path. Left out: <c>CICOMPLIANCE_TOOL</c>, then the dotnet tool manifest, then <c>PATH</c>.</summary>
    public string? Tool { get; set; }

    /// <summary>The Go module's folder; here when left out.</summary>
    public string? Project { get => this["project"]; set => this["project"] = value; }

    /// <summary>Policy file outside the repository.</summary>
    public string? Config { get => this["config"]; set => this["config"] = value; }

    /// <summary>Evidence folder.</summary>
    public string? Out { get => this["out"]; set => this["out"] = value; }

    /// <summary>Form of the tool's answer: <c>text</c> or <c>json</c>.</summary>
    public string? Format { get => this["format"]; set => this["format"] = value; }

    /// <summary>Language of messages: <c>zh</c> or <c>en</c>.</summary>
    public string? Language { get => this["language"]; set => this["language"] = value; }

    /// <summary>No progress, only errors and the answer.</summary>
    public bool Quiet { get => this["quiet"] is { Length: 0 }; set => this["quiet"] = value ? "" : No; }

    /// <summary>The repository's identity; must equal the policy's.</summary>
    public string? Repository { get => this["repository"]; set => this["repository"] = value; }

    /// <summary>Protected revision before the commits to verify (excluded).</summary>
    public string? Base { get => this["base"]; set => this["base"] = value; }

    /// <summary>The revision whose policy and trust count; <see cref="Base"/> when left out.</summary>
    public string? Protected { get => this["protected"]; set => this["protected"] = value; }

    /// <summary>The branch that is judged, for the policy's rules about branches.</summary>
    public string? Branch { get => this["branch"]; set => this["branch"] = value; }

    /// <summary><c>A..B</c>: the same as <see cref="Base"/> A and <see cref="Commit"/> B; <c>ci</c>: what the CI says.</summary>
    public string? Range { get => this["range"]; set => this["range"] = value; }

    /// <summary>What is built and verified; HEAD when left out.</summary>
    public string? Commit { get => this["commit"]; set => this["commit"] = value; }

    /// <summary>Trust store outside the repository.</summary>
    public string? Trust { get => this["trust"]; set => this["trust"] = value; }

    /// <summary>The go command.</summary>
    public string? Go { get => this["go"]; set => this["go"] = value; }

    /// <summary>Module cache to start from; its origin is unknown, so never a pass.</summary>
    public string? ModuleCache { get => this["module-cache"]; set => this["module-cache"] = value; }

    /// <summary>Where the token is that the policy's module proxy wants for private modules: a file or <c>fd:N</c>, never the token.</summary>
    public string? ProxyTokenFile { get => this["proxy-token-file"]; set => this["proxy-token-file"] = value; }

    /// <summary>Only these stages, separated by commas; for the whole run alone.</summary>
    public string? Stages { get => this["stages"]; set => this["stages"] = value; }

    /// <summary>The evidence folder as an earlier job handed it over: <c>sha256:HEX</c>, compared before it is used.</summary>
    public string? ExpectDigest { get => this["expect-digest"]; set => this["expect-digest"] = value; }

    /// <summary>Demonstration run: everything signed says so. Once set to false, it is false also where the environment says otherwise.</summary>
    public bool Demonstration { get => this["demonstration"] is { Length: 0 }; set => this["demonstration"] = value ? "" : No; }

    /// <summary>Where the SM2 signing key is: a file or <c>fd:N</c>, never the key.</summary>
    public string? Sm2Key { get => this["sm2-key"]; set => this["sm2-key"] = value; }

    /// <summary>Where its passphrase is.</summary>
    public string? Sm2KeyPassphrase { get => this["sm2-key-passphrase"]; set => this["sm2-key-passphrase"] = value; }

    /// <summary>Its certificate chain, PEM.</summary>
    public string? Sm2Certificates { get => this["sm2-certificates"]; set => this["sm2-certificates"] = value; }

    /// <summary>Where the P-256 signing key is: a file or <c>fd:N</c>, never the key.</summary>
    public string? P256Key { get => this["p256-key"]; set => this["p256-key"] = value; }

    /// <summary>Where its passphrase is.</summary>
    public string? P256KeyPassphrase { get => this["p256-key-passphrase"]; set => this["p256-key-passphrase"] = value; }

    /// <summary>Its certificate chain, PEM.</summary>
    public string? P256Certificates { get => this["p256-certificates"]; set => this["p256-certificates"] = value; }

    /// <summary>Where the key of the embedded log is, P-256: a file or <c>fd:N</c>, never the key.</summary>
    public string? LogKey { get => this["log-key"]; set => this["log-key"] = value; }

    /// <summary>Where its passphrase is.</summary>
    public string? LogKeyPassphrase { get => this["log-key-passphrase"]; set => this["log-key-passphrase"] = value; }

    /// <summary>Where the SM2 key that co-signs checkpoints is: a file or <c>fd:N</c>, never the key.</summary>
    public string? LogSm2Key { get => this["log-sm2-key"]; set => this["log-sm2-key"] = value; }

    /// <summary>Where its passphrase is.</summary>
    public string? LogSm2KeyPassphrase { get => this["log-sm2-key-passphrase"]; set => this["log-sm2-key-passphrase"] = value; }

    /// <summary>Every option's name on a command line; a test holds them equal to the tool's.</summary>
    internal static IReadOnlyList<string> Names { get; } =
    [
        "project", "config", "out", "format", "language", "quiet", "repository", "base", "range", "commit", "protected", "branch", "trust", "go", "module-cache",
        "stages", "demonstration", "expect-digest", .. ToolArguments.Keys.Except(["token", "key", "tls-key", "writer-token-file", "witness-key", "witness-key-passphrase", "publisher-key", "publisher-key-passphrase",
            "sumdb-key", "sumdb-key-passphrase", "sumdb-sm2-key", "sumdb-sm2-key-passphrase", "reader-token-file", "export-key", "export-key-passphrase"]),
    ];

    private string? this[string name]
    {
        get => values.GetValueOrDefault(name);
        set
        {
            values.Remove(name);
            if (value is not null)
            {
                values[name] = value;
            }
        }
    }

    /// <summary>The options for the tool's command line, each as one <c>--name=value</c>.</summary>
    /// <returns>In a fixed order.</returns>
    public IReadOnlyList<string> ToArguments() =>
        [.. Names.Where(name => values.ContainsKey(name) && !IsDenied(name)).Select(name => Flags.Contains(name) ? $"--{name}" : $"--{name}={values[name]}")];

    /// <summary>The variables of flags that were said to be false, which an option cannot say.</summary>
    internal IReadOnlyList<string> DeniedVariables => [.. Flags.Where(IsDenied).Select(ToolArguments.VariableOf)];

    /// <summary>Takes the tool's options out of a Cake command line; the rest is the build's own.</summary>
    /// <exception cref="CakeException">One is given twice, or lacks its value (CIC0041).</exception>
    internal static ComplianceOptions From(ICakeArguments arguments)
    {
        var options = new ComplianceOptions { Tool = Single(arguments, "tool") };
        foreach (var name in Names)
        {
            options[name] = Single(arguments, name);
        }

        return options;
    }

    private bool IsDenied(string name) => Flags.Contains(name) && values.GetValueOrDefault(name) == No;

    private static string? Single(ICakeArguments arguments, string name)
    {
        // Cake gives a flag as null or as "true".
        var given = arguments.GetArguments(name).ToList();
        return given switch
        {
            [] => null,
            [var value] when Flags.Contains(name) => Flag(name, value),
            [{ Length: > 0 } value] => value,
            [_] => throw Refusal.Of(CakeDiagnostics.Option, "--" + name, new("it has no value", "缺少取值"), new($"Write --{name}=VALUE", $"请写成 --{name}=VALUE")),
            _ => throw Refusal.Of(CakeDiagnostics.Option, "--" + name, new("it is given more than once", "给出了多次"), new("Give it once", "请只给出一次")),
        };
    }

    private static string? Flag(string name, string? value) => value?.ToLowerInvariant() switch
    {
        null or "" or "true" => "",
        "false" => No,
        _ => throw Refusal.Of(CakeDiagnostics.Option, "--" + name,
            new("it is neither true nor false", "取值既不是 true 也不是 false"), new($"Write --{name} alone", $"请只写 --{name}")),
    };
}
