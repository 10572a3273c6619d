using System.Text;
using CiCompliance.Cryptography;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Workload;

/// <summary>One history: its repository, its commits, and what the tool needs to judge it.</summary>
/// <param name="GnuPGHome">Where git finds the keys, for histories that gpg signed; null for others.</param>
internal sealed record History(string Label, string Repository, int Commits, string Trust, string Policy, string? GnuPGHome);

/// <summary>Histories of one line, each with another kind of signature; made once.</summary>
internal sealed class SignedHistories(string folder, TextWriter log)
{
    public const int Few = 2000;
    public const int Many = 200_000;

    private const string Name = "modules.example/history";

    // Change it with anything that changes what is generated.
    private const string Version = "1";

    private static readonly DateTimeOffset First = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public History OpenPgp(string label, params string[] algorithms) => Make(label, Few, home =>
    {
        using var gpg = new GpgHome();
        var people = algorithms.Select(algorithm => $"{algorithm}@modules.example").ToList();
        for (var index = 0; index < algorithms.Length; index++)
        {
            gpg.Generate(people[index], algorithms[index], at: Stamp(First.AddDays(-1)));
        }

        var keys = gpg.Export([.. people]);
        Directory.CreateDirectory(home);
        File.SetUnixFileMode(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Peer.Run("gpg", ["--batch", "--homedir", home, "--import"], input: keys);
        Peer.TryRun("gpgconf", ["--homedir", home, "--kill", "all"]);
        Write(label, Few, (number, content, at) => Encoding.ASCII.GetString(gpg.Sign(people[number % people.Count], content, Stamp(at))));
        return KeyringImporter.Import("keys", keys, KeyRole.Committer, [Name]).Keys;
    });

    public History Sm2(string label) => Make(label, Few, _ =>
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        using var plain = key.OpenSigner();
        var certificate = SelfSignedCertificate.Create(plain, "Benchmark committer", First.AddDays(-1), First.AddYears(10));
        using var signer = key.OpenSigner(certificate);
        Write(label, Few, (_, content, at) => Encoding.ASCII.GetString(CmsSigner.Sign(signer, content, at)));
        return KeyringImporter.Import("sm2", Encoding.ASCII.GetBytes(SelfSignedCertificate.ToPem(certificate)), KeyRole.Committer, [Name]).Keys;
    });

    /// <summary>P-256 CMS by OpenSSL.</summary>
    public History Cms(string label) => Make(label, Few, _ =>
    {
        using var temp = new TempDirectory();
        var (key, certificate) = (temp.Combine("key.pem"), temp.Combine("cert.pem"));
        Peer.Run("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=Benchmark committer", "-days", "3650"]);
        Write(label, Few, (_, content, _) => Encoding.ASCII.GetString(Peer.Run("openssl",
            ["cms", "-sign", "-binary", "-md", "sha256", "-signer", certificate, "-inkey", key, "-outform", "PEM"], input: content).Output)
            .Replace("CMS-----", "SIGNED MESSAGE-----", StringComparison.Ordinal));
        return KeyringImporter.Import("cms", File.ReadAllBytes(certificate), KeyRole.Committer, [Name]).Keys;
    });

    public History Ssh(string label, int commits) => Make(label, commits, _ =>
    {
        using var signer = new SshSigner();
        Write(label, commits, (_, content, _) => signer.Sign(content));
        return KeyringImporter.Import("allowed_signers", Encoding.ASCII.GetBytes(signer.AllowedSigner("benchmark@modules.example")), KeyRole.Committer, [Name]).Keys;
    });

    private History Make(string label, int commits, Func<string, IReadOnlyList<TrustedKey>> write)
    {
        var root = Path.Combine(folder, label);
        var history = new History(label, Path.Combine(root, "repository"), commits, Path.Combine(root, "trust.json"), Path.Combine(root, "compliance.yml"), Path.Combine(root, "gnupg"));
        var done = Path.Combine(root, "complete-" + Version);
        if (!File.Exists(done))
        {
            log.WriteLine($"  generating {commits} commits: {label} (once)");
            Trees.Remove(root);
            Directory.CreateDirectory(root);
            File.WriteAllBytes(history.Trust, new TrustStore(TrustStore.CurrentVersion, write(history.GnuPGHome!)).ToJson());
            File.WriteAllText(history.Policy, $"version: 1\nrepository: {Name}\ngo: {{ provider: goproxy.cn }}\nlog: {{ kind: ephemeral }}\n");
            File.WriteAllText(done, "");
        }

        return Directory.Exists(history.GnuPGHome) ? history : history with { GnuPGHome = null };
    }

    private void Write(string label, int commits, Func<int, byte[], DateTimeOffset, string> sign)
    {
        using var pack = new CommitPack(Path.Combine(folder, label, "repository"), commits);
        for (var number = 0; number < commits; number++)
        {
            var (current, at) = (number, First.AddMinutes(number));
            pack.Add(at, $"Write entry {number}", content => sign(current, content, at));
        }

        pack.Finish();
    }

    private static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss");
}
