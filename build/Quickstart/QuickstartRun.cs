namespace CiCompliance.Build.Quickstart;

/// <summary>
/// The main job on a scratch repository: keys, signed commits, module proxy and checksum database are made for this run and end with it.
/// </summary>
/// <param name="root">This repository's folder.</param>
/// <param name="tool">The published tool.</param>
internal sealed class QuickstartRun(string root, string tool, string folder)
{
    public const string Repository = "modules.example/ledger";

    public string Evidence { get; } = Path.Combine(folder, "evidence");

    public string Trust { get; } = Path.Combine(folder, "trust.json");

    /// <summary>A go command of its own, or null: the first on PATH.</summary>
    public string? Go { get; init; }

    // The first on PATH too: another go there is what the environment stage refuses.
    private string? RealGo => Go is null ? null : File.ResolveLinkTarget(Go, returnFinalTarget: true)?.FullName ?? Go;

    /// <summary>Where compiled packages are kept from one quickstart to the next.</summary>
    public required string GoCache { get; init; }

    public QuickstartResult Execute()
    {
        RemoveTree(folder);
        Directory.CreateDirectory(folder);
        using var proxy = QuickstartModules.Serve(Path.Combine(root, "templates", "go-service-modules"));
        using var keys = new QuickstartKeys(Path.Combine(folder, "keys"));
        using var repository = new QuickstartRepository(Path.Combine(folder, "repository"));
        repository.Write(Path.Combine(root, "templates", "go-service"), keys.Committer);
        var trust = keys.TrustStore(repository.ExportPublicKey(), proxy.Sumdb.VerifierKey, Repository);
        File.WriteAllBytes(Trust, trust.ToJson());
        var policy = Path.Combine(folder, "compliance.yml");
        File.WriteAllText(policy, QuickstartPolicy.Write(Repository, proxy.Url, proxy.Sumdb.VerifierKey));
        Directory.CreateDirectory(GoCache);
        var (exitCode, answer) = ChildProcess.RunForAnswer(
            tool,
            ["run", "--demonstration", "--project", repository.Path, "--config", policy, "--trust", Trust, "--out", Evidence,
                .. keys.Options, .. RealGo is null ? [] : new[] { "--go", RealGo }],
            ("GOCACHE", GoCache),
            ("PATH", Go is null ? Environment.GetEnvironmentVariable("PATH")! : $"{Path.GetDirectoryName(RealGo)}:{Environment.GetEnvironmentVariable("PATH")}"));
        return new QuickstartResult(exitCode, answer, repository.Head);
    }

    // Go writes its module cache read-only.
    private static void RemoveTree(string path)
    {
        if (!Directory.Exists(path))
        {
            return;
        }

        foreach (var directory in Directory.EnumerateDirectories(path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Directory.Delete(path, recursive: true);
    }
}

/// <param name="Answer">What the tool printed on its standard output.</param>
/// <param name="Commit">The commit that was built.</param>
internal sealed record QuickstartResult(int ExitCode, string Answer, string Commit);
