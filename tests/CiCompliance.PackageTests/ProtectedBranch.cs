using CiCompliance.Build;
using CiCompliance.Build.Quickstart;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.PackageTests;

/// <summary>The quickstart's service in a repository whose protected revision holds policy and trust store, and one commit after that.</summary>
internal sealed class ProtectedBranch : IDisposable
{
    private readonly QuickstartRepository repository;

    /// <param name="sumdb">The checksum database's line of the policy; null: the proxy's own.</param>
    public ProtectedBranch(QuickstartKeys keys, FixtureModuleProxy proxy, bool isSigned, bool hasRules, string? sumdb)
    {
        repository = new QuickstartRepository(System.IO.Path.Combine(LocalFeed.NewFolder("parity"), "ledger"));
        repository.Write(System.IO.Path.Combine(LocalFeed.Root, "templates", "go-service"), keys.Committer);
        if (hasRules)
        {
            Write("compliance.yml", System.Text.Encoding.UTF8.GetBytes(QuickstartPolicy.Write(QuickstartRun.Repository, proxy.Url, sumdb ?? proxy.Sumdb.VerifierKey)));
            Write(".cicompliance/trust.json", keys.TrustStore(repository.ExportPublicKey(), proxy.Sumdb.VerifierKey, QuickstartRun.Repository).ToJson());
        }

        Git("add", "--all");
        repository.CommitWithSm2("Set the rules", keys.Committer);
        Base = repository.Head;
        if (isSigned)
        {
            repository.CommitWithSm2("Go on", keys.Committer);
        }
        else
        {
            Git("commit", "--quiet", "--allow-empty", "--no-gpg-sign", "--message=Go on");
        }
    }

    public string Path => repository.Path;

    public string Base { get; }

    public string Head => repository.Head;

    public void Dispose() => repository.Dispose();

    private void Write(string name, byte[] content)
    {
        var file = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    }

    private void Git(params string[] arguments) => ChildProcess.Capture("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", .. arguments], Path,
        new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = System.IO.Path.GetDirectoryName(Path)!, ["GIT_CONFIG_NOSYSTEM"] = "1" });
}
