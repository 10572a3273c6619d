using CiCompliance.Go;
using CiCompliance.Processes;

namespace CiCompliance.GoProxy.Sources;

/// <summary>
/// The git command with an environment of its own: no configuration but the one given here, no hook, no filter, no prompt, no transport but the one
/// meant. Its messages are English, because two of them decide.
/// </summary>
/// <param name="executable">Absolute path of git.</param>
/// <param name="home">An empty folder.</param>
/// <param name="path">Absolute folders where git finds ssh and a shell, with <c>:</c> between.</param>
internal sealed class GitProgram(string executable, string home, string path, IProcessRunner processes, GitLimits limits)
{
    private const int MaxAnswer = 64 << 20;

    /// <summary>The answer of a command on a repository that is here, whatever its exit code.</summary>
    /// <exception cref="ModuleSourceException">It ran too long, printed too much or could not be started.</exception>
    public Task<ProcessResult> LocalAsync(string repository, IReadOnlyList<string> arguments, CancellationToken cancellationToken, ReadOnlyMemory<byte> input = default, Stream? output = null, int maxOutput = MaxAnswer) =>
        RunAsync(null, ["--git-dir=" + repository, .. arguments], limits.LocalTimeout, new(input, output, maxOutput), cancellationToken);

    /// <summary>The answer of a command that asks the forge, whatever its exit code.</summary>
    /// <param name="repository">Bare repository, or null where the command needs none.</param>
    /// <exception cref="ModuleSourceException">As above.</exception>
    public Task<ProcessResult> RemoteAsync(PrivateModules modules, string? repository, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(modules, [.. repository is null ? (string[])[] : ["--git-dir=" + repository], .. arguments], limits.NetworkTimeout, new(default, null, MaxAnswer), cancellationToken);

    /// <summary>What a failed exchange with the forge means: that there is no such repository, or that nobody knows.</summary>
    public static Exception Failure(string remote, ProcessResult result) => IsNoRepository(result.Error)
        ? new ModuleNotFoundException($"there is no repository {Redaction.Url(remote)}")
        : new ModuleSourceException($"{Redaction.Url(remote)} can't be read: {GoCommand.FirstLines(result.Error)}");

    private async Task<ProcessResult> RunAsync(PrivateModules? modules, IReadOnlyList<string> arguments, TimeSpan timeout, Exchange exchange, CancellationToken cancellationToken)
    {
        var request = new ProcessRequest(executable, [.. Settings(modules), .. arguments], home, Environment(modules))
        {
            Timeout = timeout,
            MaxOutputBytes = exchange.MaxOutput,
            StandardInput = exchange.Input,
            OutputDestination = exchange.Output,
        };
        try
        {
            return await processes.RunAsync(request, cancellationToken);
        }
        catch (CiComplianceException e)
        {
            throw new ModuleSourceException($"git {(modules is null ? "" : $"for {Redaction.Url(modules.RepositoryUrl)} ")}gave no answer: {e.Finding.What.En}", e);
        }
    }

    // An http server's 404, and what upload-pack and git-shell say. Forges that say "not found or no access" have not said which.
    private static bool IsNoRepository(string error) => error.Split('\n').Any(line =>
        (line.StartsWith("fatal: repository '", StringComparison.Ordinal) && line.TrimEnd().EndsWith("' not found", StringComparison.Ordinal))
        || (line.StartsWith("fatal: '", StringComparison.Ordinal) && line.TrimEnd().EndsWith("' does not appear to be a git repository", StringComparison.Ordinal)));

    private static IEnumerable<string> Settings(PrivateModules? modules)
    {
        string[] settings =
        [
            "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.commitGraph=false", "core.attributesFile=/dev/null", "core.excludesFile=/dev/null",
            "gc.auto=0", "maintenance.auto=false", "fetch.recurseSubmodules=false", "fetch.writeCommitGraph=false",
            "protocol.version=2", "credential.helper=", "http.followRedirects=false", "http.lowSpeedLimit=1", "http.lowSpeedTime=120",
        ];
        foreach (var setting in settings)
        {
            yield return "-c";
            yield return setting;
        }

        if (modules?.CredentialsFile is { } credentials)
        {
            // git-credential-store would also strike out what a forge refused once, or write down what it took.
            yield return "-c";
            yield return $"credential.helper=!f() {{ test \"$1\" = get || exit 0; git credential-store --file='{credentials}' get; }}; f";
        }

        if (modules?.CertificateAuthorities is { } authorities)
        {
            yield return "-c";
            yield return "http.sslCAInfo=" + authorities;
        }

        yield return "--no-pager";
        yield return "--literal-pathspecs";
    }

    private Dictionary<string, string> Environment(PrivateModules? modules) => new(StringComparer.Ordinal)
    {
        ["HOME"] = home,
        ["XDG_CONFIG_HOME"] = home,
        ["PATH"] = path,
        ["LC_ALL"] = "C",
        ["LANGUAGE"] = "C",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_ATTR_NOSYSTEM"] = "1",
        ["GIT_NO_REPLACE_OBJECTS"] = "1",
        ["GIT_NO_LAZY_FETCH"] = "1",
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["GIT_PROTOCOL_FROM_USER"] = "0",
        ["GIT_ALLOW_PROTOCOL"] = modules?.Scheme ?? "none",
        ["GIT_CEILING_DIRECTORIES"] = "/",
        ["GIT_SSH_VARIANT"] = "ssh",
        ["GIT_SSH_COMMAND"] = modules is { SshKeyFile: { } key, KnownHostsFile: { } hosts }
            ? "ssh -F /dev/null -o BatchMode=yes -o IdentitiesOnly=yes -o IdentityAgent=none -o StrictHostKeyChecking=yes -o UpdateHostKeys=no"
                + $" -o GlobalKnownHostsFile=/dev/null -o UserKnownHostsFile={hosts} -o ConnectTimeout=30 -i {key}"
            : "false",
    };

    private readonly record struct Exchange(ReadOnlyMemory<byte> Input, Stream? Output, int MaxOutput);
}
