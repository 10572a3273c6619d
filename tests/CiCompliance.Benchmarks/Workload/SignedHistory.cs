using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Cryptography;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Workload;

/// <summary>
/// A repository of <see cref="Commits"/> signed commits. git writes the trees; the commit objects are written here, as git would after
/// calling a signing program.
/// </summary>
internal sealed class SignedHistory(string repository, string committers)
{
    public const int Commits = 2000;

    /// <summary>Every so many commits are signed by gpg, which takes tens of milliseconds for each; the others with SM2.</summary>
    public const int OpenPgpEvery = 10;

    private const string Person = "Benchmark <benchmark@modules.example>";
    private static readonly DateTimeOffset First = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static int OpenPgpCommits => Commits / OpenPgpEvery;

    public string OpenPgpKey => Path.Combine(committers, "openpgp.asc");

    public string Sm2Certificate => Path.Combine(committers, "sm2.pem");

    public void Write(IReadOnlyDictionary<string, string> files)
    {
        Directory.CreateDirectory(repository);
        Directory.CreateDirectory(committers);
        Git(null, "init", "--quiet", "--initial-branch=main");
        Git(Import(files), "fast-import", "--quiet");
        var trees = Encoding.ASCII.GetString(Git(null, "log", "--reverse", "--format=%T", "refs/heads/unsigned")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        using var gpg = new GpgHome();
        gpg.Generate(Person, "ed25519", at: Stamp(First.AddDays(-1)));
        File.WriteAllBytes(OpenPgpKey, gpg.ExportArmored(Person));
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        using var plain = key.OpenSigner();
        var certificate = SelfSignedCertificate.Create(plain, "Benchmark committer", First.AddDays(-1), First.AddYears(10));
        File.WriteAllText(Sm2Certificate, SelfSignedCertificate.ToPem(certificate));
        using var sm2 = key.OpenSigner(certificate);

        string? parent = null;
        for (var number = 0; number < trees.Length; number++)
        {
            var at = First.AddMinutes(number);
            var head = $"tree {trees[number]}\n{(parent is null ? "" : $"parent {parent}\n")}author {Person} {at.ToUnixTimeSeconds()} +0000\ncommitter {Person} {at.ToUnixTimeSeconds()} +0000\n";
            var message = $"\nWrite entry {number}\n";
            var content = Encoding.UTF8.GetBytes(head + message);
            var armour = Encoding.ASCII.GetString(number % OpenPgpEvery == 0 ? gpg.Sign(Person, content, Stamp(at)) : CmsSigner.Sign(sm2, content, at));
            parent = WriteCommit($"{head}gpgsig {armour.TrimEnd('\n').Replace("\n", "\n ", StringComparison.Ordinal)}\n{message}");
        }

        Git(null, "update-ref", "refs/heads/main", parent!);
        Git(null, "update-ref", "-d", "refs/heads/unsigned");
        Git(null, "reset", "--quiet", "--hard", "main");
        Git(null, "repack", "-a", "-d", "--quiet");
        Git(null, "prune");
    }

    // One commit with all files, then one small file changed each time.
    private static byte[] Import(IReadOnlyDictionary<string, string> files)
    {
        var text = new StringBuilder();
        for (var number = 0; number < Commits; number++)
        {
            text.Append($"commit refs/heads/unsigned\ncommitter {Person} {First.ToUnixTimeSeconds()} +0000\ndata 0\n");
            foreach (var (name, content) in number == 0 ? files : new Dictionary<string, string>())
            {
                Append(text, name, content);
            }

            Append(text, "journal/entry.txt", $"entry {number}\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static void Append(StringBuilder text, string name, string content) =>
        text.Append($"M 100644 inline {name}\ndata {content.Length}\n{content}\n");

    private string WriteCommit(string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        byte[] stored = [.. Encoding.ASCII.GetBytes($"commit {bytes.Length}\0"), .. bytes];
        var oid = Convert.ToHexStringLower(SHA1.HashData(stored));
        var folder = Path.Combine(repository, ".git", "objects", oid[..2]);
        Directory.CreateDirectory(folder);
        using var file = new FileStream(Path.Combine(folder, oid[2..]), FileMode.Create);
        using var compressed = new ZLibStream(file, CompressionLevel.Fastest);
        compressed.Write(stored);
        return oid;
    }

    private byte[] Git(byte[]? input, params string[] arguments) => Peer.Run("git", ["-C", repository, .. arguments], new Dictionary<string, string>
    {
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
    }, input).Output;

    private static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss");
}
