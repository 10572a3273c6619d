using System.Text;
using CiCompliance.Cryptography;
using CiCompliance.Keys;

namespace CiCompliance.Build.Quickstart;

/// <summary>A git repository with the template's service in it: one commit signed by gpg, one with SM2.</summary>
internal sealed class QuickstartRepository : IDisposable
{
    private const string Author = "Quickstart <quickstart@modules.example>";

    // A short path: gpg-agent's socket lies in it, and a socket's path may have 107 characters.
    private readonly string gnupg = Directory.CreateTempSubdirectory("cic-").FullName;
    private readonly IReadOnlyDictionary<string, string> environment;

    public QuickstartRepository(string path)
    {
        Path = path;
        Directory.CreateDirectory(path);
        environment = new Dictionary<string, string>
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
            ["HOME"] = gnupg,
            ["GNUPGHOME"] = gnupg,
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            ["GIT_AUTHOR_NAME"] = "Quickstart",
            ["GIT_AUTHOR_EMAIL"] = "quickstart@modules.example",
            ["GIT_COMMITTER_NAME"] = "Quickstart",
            ["GIT_COMMITTER_EMAIL"] = "quickstart@modules.example",
        };
    }

    public string Path { get; }

    public string Head => Text(Git("rev-parse", "HEAD"));

    /// <summary>Makes the two commits.</summary>
    /// <param name="template">Copied without its compliance.yml: the policy of a run never comes from the tree under test.</param>
    public void Write(string template, ISigner sm2)
    {
        Gpg("--quick-generate-key", Author, "ed25519", "sign", "1d");
        Git("init", "--quiet", "--initial-branch=main");
        foreach (var file in Directory.EnumerateFiles(template, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("compliance.yml", StringComparison.Ordinal)))
        {
            var target = System.IO.Path.Combine(Path, System.IO.Path.GetRelativePath(template, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        Git("add", "--all", "--", ".", ":!README.md");
        Git("-c", "user.signingKey=" + Author, "commit", "--quiet", "--gpg-sign", "--message=Serve an append-only ledger");
        Git("add", "--all");
        CommitWithSm2("Say how it is run", sm2);
    }

    public byte[] ExportPublicKey() => Gpg("--armor", "--export");

    public void Dispose()
    {
        ChildProcess.Capture("gpgconf", ["--kill", "all"], Path, environment);
        Directory.Delete(gnupg, recursive: true);
    }

    // git signs by calling a program; here the object is written as git would after that call.
    internal void CommitWithSm2(string message, ISigner sm2)
    {
        var unsigned = Text(Git("commit-tree", Text(Git("write-tree")), "-p", "HEAD", "-m", message));
        var content = Git("cat-file", "commit", unsigned);
        var signature = Encoding.ASCII.GetString(CmsSigner.Sign(sm2, content, DateTimeOffset.UtcNow)).TrimEnd('\n').Replace("\n", "\n ", StringComparison.Ordinal);
        var text = Encoding.UTF8.GetString(content);
        var end = text.IndexOf("\n\n", StringComparison.Ordinal) + 1;
        var signed = Encoding.UTF8.GetBytes($"{text[..end]}gpgsig {signature}\n{text[end..]}");
        var commit = Text(ChildProcess.Capture("git", ["hash-object", "-t", "commit", "-w", "--stdin"], Path, environment, signed));
        Git("update-ref", "HEAD", commit);
    }

    private byte[] Git(params string[] arguments) => ChildProcess.Capture("git", arguments, Path, environment);

    private byte[] Gpg(params string[] arguments) =>
        ChildProcess.Capture("gpg", ["--batch", "--quiet", "--passphrase", "", "--pinentry-mode", "loopback", .. arguments], Path, environment);

    private static string Text(byte[] output) => Encoding.UTF8.GetString(output).Trim();
}
