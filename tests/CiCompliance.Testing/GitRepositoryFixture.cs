using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace CiCompliance.Testing;

/// <summary>
/// A real git repository: isolated HOME, fixed identities, a clock that moves a minute a commit. Objects that git would refuse to make are
/// written loose, as bytes.
/// </summary>
public sealed class GitRepositoryFixture : IDisposable
{
    /// <summary>Identities and dates make the same ids in every run.</summary>
    private const long FirstSecond = 1_750_000_000;

    private readonly TempDirectory temp = new();
    private readonly Dictionary<string, string> environment;
    private int clock;

    /// <param name="objectFormat"><c>sha1</c> or <c>sha256</c>.</param>
    public GitRepositoryFixture(string objectFormat = "sha1", bool bare = false)
    {
        Git = Peers.Require("git");
        ObjectFormat = objectFormat;
        Path = temp.Combine("repository");
        Home = temp.Combine("home");
        Directory.CreateDirectory(Home);
        Directory.CreateDirectory(Path);
        environment = new(StringComparer.Ordinal)
        {
            ["HOME"] = Home,
            ["GNUPGHOME"] = temp.Combine("home", "gnupg"),
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "",
            ["LC_ALL"] = "C",
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["GIT_AUTHOR_NAME"] = "Zhang San",
            ["GIT_AUTHOR_EMAIL"] = "zhangsan@example.com",
            ["GIT_COMMITTER_NAME"] = "Zhang San",
            ["GIT_COMMITTER_EMAIL"] = "zhangsan@example.com",
        };
        Run([.. (string[])["init", "--quiet", "--initial-branch=main", "--object-format=" + objectFormat], .. bare ? (string[])["--bare"] : []]);
    }

    public string Git { get; }

    public string Home { get; }

    /// <summary>The working tree, or the bare repository.</summary>
    public string Path { get; }

    public string ObjectFormat { get; }

    /// <summary>Outside the repository, removed with it.</summary>
    public string Scratch(string name) => temp.Combine(name);

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Write(string name, string content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(File(name))!);
        System.IO.File.WriteAllText(File(name), content);
    }

    /// <summary>Commits everything in the working tree.</summary>
    /// <returns>The commit's id.</returns>
    public string Commit(string message, bool sign = false)
    {
        Run("add", "--all", "--force");
        Run("commit", "--quiet", "--allow-empty", "--message=" + message, sign ? "--gpg-sign" : "--no-gpg-sign");
        return Id("HEAD");
    }

    public string Id(string revision) => Run("rev-parse", "--verify", revision).Trim();

    /// <summary>Makes <c>git commit -S</c> and <c>git tag -s</c> use a stand-in that "signs" with a digest of key name and payload.</summary>
    public void SignWithStandIn(string key = "alice")
    {
        var program = temp.Write("bin/signer", $"""
            #!/bin/sh
            hash=$( (printf '%s\n' '{key}'; cat) | sha256sum | cut -d' ' -f1)
            printf '\n[GNUPG:] SIG_CREATED \n' >&2
            printf -- '-----BEGIN PGP SIGNATURE-----\n\n{key} %s\n-----END PGP SIGNATURE-----\n' "$hash"
            """);
        System.IO.File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Run("config", "gpg.program", program);
        Run("config", "user.signingKey", key);
    }

    /// <summary>The stand-in's signature, for objects made by hand.</summary>
    public static string StandInSignature(string key, ReadOnlySpan<byte> payload) =>
        $"-----BEGIN PGP SIGNATURE-----\n\n{key} {StandInDigest(key, payload)}\n-----END PGP SIGNATURE-----\n";

    public static string StandInDigest(string key, ReadOnlySpan<byte> payload) =>
        Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(key + "\n"), .. payload]));

    /// <summary>A commit object signed by the stand-in, written loose.</summary>
    /// <returns>Its id.</returns>
    public string WriteSignedCommit(string tree, IEnumerable<string> parents, string message, string key = "alice", long? time = null)
    {
        var identity = $"Zhang San <zhangsan@example.com> {time ?? FirstSecond + (60 * clock++)} +0800\n";
        var header = $"tree {tree}\n" + string.Concat(parents.Select(parent => $"parent {parent}\n")) + $"author {identity}committer {identity}";
        var signature = StandInSignature(key, Encoding.UTF8.GetBytes(header + "\n" + message)).TrimEnd('\n').Replace("\n", "\n ", StringComparison.Ordinal);
        return WriteObject("commit", Encoding.UTF8.GetBytes($"{header}gpgsig {signature}\n\n{message}"));
    }

    /// <summary>Writes a loose object without any check, stored under the id given or else its own.</summary>
    public string WriteObject(string type, ReadOnlySpan<byte> content, string? oid = null)
    {
        byte[] whole = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{type} {content.Length}\0")), .. content];
        oid ??= Convert.ToHexStringLower(ObjectFormat == "sha1" ? SHA1.HashData(whole) : SHA256.HashData(whole));
        var path = System.IO.Path.Combine(GitDirectory, "objects", oid[..2], oid[2..]);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        if (System.IO.File.Exists(path))
        {
            System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        using var file = new ZLibStream(System.IO.File.Create(path), CompressionLevel.Fastest);
        file.Write(whole);
        return oid;
    }

    /// <summary>A tree object of one level: <c>mode SP name NUL id</c> in the order given.</summary>
    public string WriteTree(params (string Mode, string Name, string Oid)[] entries) =>
        WriteObject("tree", [.. entries.SelectMany(entry => (byte[])[.. Encoding.UTF8.GetBytes($"{entry.Mode} {entry.Name}\0"), .. Convert.FromHexString(entry.Oid)])]);

    public string WriteBlob(string content) => WriteObject("blob", Encoding.UTF8.GetBytes(content));

    public string GitDirectory => Directory.Exists(File(".git")) ? File(".git") : Path;

    /// <summary>Runs git in the repository; a failure fails the test.</summary>
    /// <returns>Standard output.</returns>
    public string Run(params string[] arguments) => Encoding.UTF8.GetString(RunBytes(arguments));

    public byte[] RunBytes(params string[] arguments)
    {
        var info = new ProcessStartInfo(Git, arguments) { WorkingDirectory = Path, RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment.Clear();
        var date = string.Create(CultureInfo.InvariantCulture, $"{FirstSecond + (60 * clock++)} +0800");
        foreach (var (name, value) in environment.Append(new("GIT_AUTHOR_DATE", date)).Append(new("GIT_COMMITTER_DATE", date)))
        {
            info.Environment[name] = value;
        }

        using var process = Process.Start(info)!;
        var error = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return process.ExitCode == 0 ? output.ToArray() : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {error.Result}");
    }

    public void Dispose() => temp.Dispose();
}
