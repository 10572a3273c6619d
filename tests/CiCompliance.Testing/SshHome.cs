using System.Text;
using CiCompliance.Keys;

namespace CiCompliance.Testing;

/// <summary>A folder of SSH keys without passphrases that the real ssh-keygen made.</summary>
public sealed class SshHome : IDisposable
{
    private readonly TempDirectory directory = new();

    /// <param name="algorithm">As ssh-keygen names it: <c>ed25519</c>, <c>ecdsa-384</c>, <c>rsa-3072</c>.</param>
    /// <returns>Path of the private key; the public one lies beside it.</returns>
    public string Generate(string name, string algorithm)
    {
        var path = directory.Combine(name);
        string[] bits = algorithm.Split('-') is [_, var size] ? ["-b", size] : [];
        Peer.Run("ssh-keygen", ["-q", "-N", "", "-C", name, "-t", algorithm.Split('-')[0], .. bits, "-f", path]);
        return path;
    }

    /// <summary><c>type base64</c>, without the comment.</summary>
    public static string Line(string key) => string.Join(' ', File.ReadAllText(key + ".pub").Split(' ').Take(2));

    public static byte[] Blob(string key) => Convert.FromBase64String(Line(key).Split(' ')[1]);

    public static TrustedKey Trust(string key) => Trust(Blob(key));

    public static TrustedKey Trust(byte[] blob) => new(
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(blob)), "dev", KeyRole.Committer, KeyAlgorithm.Ssh, blob, []);

    public string Write(string name, string content) => directory.Write(name, content);

    /// <summary>An armoured signature.</summary>
    public byte[] Sign(string key, byte[] content, string space = "git", params string[] options)
    {
        var path = directory.Combine("content");
        File.WriteAllBytes(path, content);
        File.Delete(path + ".sig");
        Peer.Run("ssh-keygen", ["-Y", "sign", "-n", space, "-f", key, .. options, path]);
        return File.ReadAllBytes(path + ".sig");
    }

    /// <summary>What the real ssh-keygen thinks of a signature by dev@example.cn.</summary>
    /// <param name="allowed">Lines of an allowed_signers file.</param>
    public bool Accepts(string allowed, byte[] signature, byte[] content, string at = "20260101000000Z") => Verify(allowed, signature, content, at).ExitCode == 0;

    public Peer.Result Verify(string allowed, byte[] signature, byte[] content, string at = "20260101000000Z")
    {
        var file = directory.Combine("signature");
        File.WriteAllBytes(file, signature);
        return Peer.TryRun("ssh-keygen", ["-Y", "verify", "-f", Write("allowed", allowed), "-I", "dev@example.cn", "-n", "git", "-s", file, "-O", "verify-time=" + at],
            input: content);
    }

    public static byte[] Armour(byte[] blob)
    {
        var base64 = string.Concat(Convert.ToBase64String(blob).Chunk(70).Select(line => new string(line) + "\n"));
        return Encoding.ASCII.GetBytes($"-----BEGIN SSH SIGNATURE-----\n{base64}-----END SSH SIGNATURE-----\n");
    }

    public static byte[] Dearmour(byte[] armour) => Convert.FromBase64String(string.Concat(
        Encoding.ASCII.GetString(armour).Split('\n').Where(line => !line.StartsWith('-'))));

    public void Dispose() => directory.Dispose();
}
