using System.Text;

namespace CiCompliance.Testing;

/// <summary>An isolated GnuPG home with keys without passphrases. Its agent ends with it.</summary>
public sealed class GpgHome : IDisposable
{
    private readonly TempDirectory directory = new();

    public GpgHome() => File.SetUnixFileMode(directory.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    public IReadOnlyDictionary<string, string> Environment =>
        new Dictionary<string, string> { ["GNUPGHOME"] = directory.Path, ["LC_ALL"] = "C.UTF-8" };

    /// <summary>Gives the fingerprint in lower case.</summary>
    /// <param name="algorithm">As gpg names it: <c>rsa3072</c>, <c>nistp256</c>, <c>ed25519</c>.</param>
    /// <param name="expire">As gpg takes it: <c>never</c>, or a date.</param>
    /// <param name="at">The time gpg is made to believe in, <c>yyyymmddThhmmss</c> (UTC).</param>
    public string Generate(string userId, string algorithm, string usage = "sign", string expire = "never", string? at = null)
    {
        Run(at, "--quick-generate-key", userId, algorithm, usage, expire);
        return Fingerprints(userId)[0];
    }

    /// <summary>Fingerprints of a key and its subkeys, in lower case.</summary>
    public IReadOnlyList<string> Fingerprints(string userId) =>
        [.. Run(at: null, "--with-colons", "--list-keys", userId).Text.Split('\n')
            .Where(line => line.StartsWith("fpr:", StringComparison.Ordinal)).Select(line => line.Split(':')[9].ToLowerInvariant())];

    public byte[] Export(params string[] userIds) => Run(at: null, ["--export", .. userIds]).Output;

    public byte[] ExportArmored(params string[] userIds) => Run(at: null, ["--armor", "--export", .. userIds]).Output;

    /// <summary>An armoured detached signature, as git asks for it (<c>-bsa</c>).</summary>
    public byte[] Sign(string userId, byte[] content, string? at = null, params string[] options) =>
        Run(at, content, [.. options, "--detach-sign", "--armor", "--local-user", userId]).Output;

    public void Import(byte[] keys) => Run(at: null, keys, ["--import"]);

    public Peer.Result Run(string? at, params string[] arguments) => Run(at, input: null, arguments);

    public Peer.Result Run(string? at, byte[]? input, params string[] arguments) =>
        Peer.Run("gpg", [.. Options(at), .. arguments], Environment, input);

    /// <summary>Answers gpg's questions, one line each.</summary>
    public Peer.Result RunInteractive(string? at, string answers, params string[] arguments) =>
        Peer.Run("gpg", [.. Options(at).Where(option => option != "--batch"), "--no-tty", "--command-fd", "0", .. arguments], Environment, Encoding.ASCII.GetBytes(answers));

    public void Dispose()
    {
        Peer.TryRun("gpgconf", ["--homedir", directory.Path, "--kill", "gpg-agent"], Environment);
        directory.Dispose();
    }

    private static string[] Options(string? at) =>
        ["--batch", "--pinentry-mode", "loopback", "--passphrase", "", .. at is null ? Array.Empty<string>() : ["--faked-system-time", $"{at}!"]];
}
