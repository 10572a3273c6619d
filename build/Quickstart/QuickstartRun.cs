namespace CiCompliance.Build.Quickstart;

/// <summary>
/// The main job on a scratch repository: keys, signed commits, module proxy and checksum database are made for this run and end with it.
/// </summary>
/// <param name="root">This repository's folder.</param>
internal sealed class QuickstartRun(string root, string folder)
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

    /// <summary>The commit that was built.</summary>
    public string Commit { get; private set; } = "";

    /// <param name="tool">Runs the tool with these arguments and variables.</param>
    public void Execute(Action<IEnumerable<string>, IReadOnlyDictionary<string, string>> tool)
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
        Commit = repository.Head;
        tool(["run", "--demonstration", "--project", repository.Path, "--config", policy, "--trust", Trust, "--out", Evidence,
            .. keys.Options, .. RealGo is null ? [] : new[] { "--go", RealGo }],
            new Dictionary<string, string>
            {
                ["GOCACHE"] = GoCache,
                ["PATH"] = Go is null ? Environment.GetEnvironmentVariable("PATH")! : $"{Path.GetDirectoryName(RealGo)}:{Environment.GetEnvironmentVariable("PATH")}",
            });
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
