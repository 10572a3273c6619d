using System.Text;
using CiCompliance.Policy;

namespace CiCompliance.Go;

/// <summary>
/// The whole environment of a go child process: an allow-list, nothing is inherited. Empty values stand for "unset" (the go command treats them so), which is why
/// GOENV=off switches the user's file off and GOROOT/go.env is checked by asking the go command afterwards.
/// </summary>
/// <param name="Source">GOPROXY and GOSUMDB.</param>
/// <param name="Variables">Name and value; all paths lie under the work directory, save PATH.</param>
public sealed record GoEnvironmentPins(GoModuleSource Source, IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>Names whose resolved values must equal the pins; older go commands do not know all of them and ignore those.</summary>
    internal static readonly IReadOnlyList<string> Resolved =
    [
        "GO111MODULE", "GOCACHE", "GOENV", "GOFLAGS", "GOINSECURE", "GOMODCACHE", "GONOPROXY", "GONOSUMDB", "GOPATH", "GOPRIVATE", "GOPROXY", "GOSUMDB", "GOVCS", "GOWORK",
        "CGO_ENABLED", "GOTOOLCHAIN", "GOAUTH",
    ];

    // How a company reaches the outside. The checksum database's signatures hold whatever stands between.
    private static readonly string[] Network = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"];

    public string ModuleCache => Variables["GOMODCACHE"];

    /// <summary>Pins what the policy says.</summary>
    /// <param name="goExecutable">Absolute path; its folder comes first on PATH.</param>
    /// <param name="vendor">Whether to build with <c>-mod=vendor</c>.</param>
    /// <exception cref="CiComplianceException">The policy's values can't be used (CIC0053, CIC0054).</exception>
    public static GoEnvironmentPins Create(CompliancePolicy policy, string workDirectory, string goExecutable, bool vendor = false)
    {
        var source = GoProvider.Resolve(policy.Go);
        var real = File.ResolveLinkTarget(goExecutable, returnFinalTarget: true)?.FullName ?? goExecutable;
        var variables = new SortedDictionary<string, string>(Settings(source, policy.Go, policy.Build.Cgo, vendor), StringComparer.Ordinal)
        {
            // gcc, where cgo is on, lies in /usr/bin too.
            ["PATH"] = $"{Path.GetDirectoryName(real)}:/usr/bin:/bin",
            ["HOME"] = Path.Combine(workDirectory, "home"),
            ["TMPDIR"] = Path.Combine(workDirectory, "tmp"),
            ["GOPATH"] = Path.Combine(workDirectory, "gopath"),
            ["GOMODCACHE"] = Path.Combine(workDirectory, "modcache"),
            ["GOCACHE"] = Path.Combine(workDirectory, "gocache"),
        };
        return new(source, variables);
    }

    /// <summary>Adds the machine's HTTP proxy and certificate settings, for children that download.</summary>
    public GoEnvironmentPins WithNetwork(IReadOnlyDictionary<string, string> ambient) =>
        With([.. Network.Where(name => ambient.GetValueOrDefault(name) is { Length: > 0 }).Select(name => KeyValuePair.Create(name, ambient[name]))]);

    public GoEnvironmentPins With(params IReadOnlyList<KeyValuePair<string, string>> values)
    {
        var variables = new SortedDictionary<string, string>(Variables.ToDictionary(), StringComparer.Ordinal);
        foreach (var (name, value) in values)
        {
            variables[name] = value;
        }

        return this with { Variables = variables };
    }

    /// <summary>Makes the folders that the variables name. HOME is emptied: a .netrc or git configuration left there would be read.</summary>
    public void Prepare()
    {
        WorkTree.Delete(Variables["HOME"]);
        WorkTree.CreateHome(Variables["HOME"]);
        foreach (var name in new[] { "TMPDIR", "GOPATH", "GOCACHE" })
        {
            Directory.CreateDirectory(Variables[name]);
        }
    }

    /// <summary><c>env pin</c>: a file for <c>go env -w</c>'s place (<c>$GOENV</c>), for a developer's machine.</summary>
    public static string EnvironmentFile(CompliancePolicy policy) =>
        Lines(policy, "", name => name is not ("GOENV" or "GOTELEMETRY"));

    /// <summary><c>env pin</c>: ENV lines for a build image. Empty values are left out: there they say nothing.</summary>
    public static string DockerfileFragment(CompliancePolicy policy) => Lines(policy, "ENV ", static _ => true);

    /// <summary><c>env pin</c>: what a shell sets for its jobs. No folders: those are a run's own. Empty values clear what stood there.</summary>
    public static IReadOnlyDictionary<string, string> ShellSettings(CompliancePolicy policy) =>
        new SortedDictionary<string, string>(Settings(GoProvider.Resolve(policy.Go), policy.Go, policy.Build.Cgo, vendor: false)
            .Where(pair => pair.Key is not ("LANG" or "LC_ALL" or "TZ")).ToDictionary(), StringComparer.Ordinal);

    private static string Lines(CompliancePolicy policy, string prefix, Func<string, bool> isWanted)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in Settings(GoProvider.Resolve(policy.Go), policy.Go, policy.Build.Cgo, vendor: false)
            .Where(pair => pair.Value.Length > 0 && isWanted(pair.Key) && (prefix.Length > 0 || pair.Key is not ("LANG" or "LC_ALL" or "TZ")))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var quoted = prefix.Length > 0 && value.AsSpan().ContainsAny(" *") ? $"\"{value}\"" : value;
            text.Append(prefix).Append(name).Append('=').Append(quoted).Append('\n');
        }

        return text.ToString();
    }

    private static Dictionary<string, string> Settings(GoModuleSource source, GoPolicy policy, bool cgo, bool vendor) => new(StringComparer.Ordinal)
    {
        ["CGO_ENABLED"] = cgo ? "1" : "0",
        ["GO111MODULE"] = "on",
        ["GOAUTH"] = "off",
        ["GOENV"] = "off",
        ["GOFLAGS"] = vendor ? "-mod=vendor" : "-mod=readonly",
        ["GOINSECURE"] = "",
        ["GONOPROXY"] = "",
        ["GONOSUMDB"] = "",
        ["GOPRIVATE"] = "",
        ["GOPROXY"] = source.Proxy,
        ["GOSUMDB"] = source.Sumdb.ToString(),
        ["GOTELEMETRY"] = "off",
        ["GOTOOLCHAIN"] = "local",
        ["GOVCS"] = policy.AllowDirect ? "*:git" : "*:off",
        ["GOWORK"] = "off",
        ["LANG"] = "C.UTF-8",
        ["LC_ALL"] = "C.UTF-8",
        ["TZ"] = "UTC",
    };
}
