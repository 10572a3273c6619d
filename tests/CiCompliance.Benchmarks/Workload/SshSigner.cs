using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CiCompliance.Benchmarks.Workload;

/// <summary>Signs as <c>ssh-keygen -Y sign -n git</c> does (PROTOCOL.sshsig), in process, with a key made here: for histories of many commits.</summary>
internal sealed class SshSigner : IDisposable
{
    private const string Algorithm = "ecdsa-sha2-nistp256";

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] blob;

    public SshSigner()
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        blob = [.. Text(Algorithm), .. Text("nistp256"), .. Text([4, .. point.X!, .. point.Y!])];
    }

    /// <summary>A line of an allowed_signers file.</summary>
    public string AllowedSigner(string principal) => $"{principal} namespaces=\"git\" {Algorithm} {Convert.ToBase64String(blob)}\n";

    public string Sign(byte[] content)
    {
        byte[] signed = [.. "SSHSIG"u8, .. Text("git"), .. Text([]), .. Text("sha512"), .. Text(SHA512.HashData(content))];
        var numbers = key.SignData(signed, HashAlgorithmName.SHA256);
        byte[] signature = [.. Text(Algorithm), .. Text([.. Number(numbers.AsSpan(0, 32)), .. Number(numbers.AsSpan(32))])];
        byte[] whole = [.. "SSHSIG"u8, 0, 0, 0, 1, .. Text(blob), .. Text("git"), .. Text([]), .. Text("sha512"), .. Text(signature)];
        return PemEncoding.WriteString("SSH SIGNATURE", whole) + "\n";
    }

    public void Dispose() => key.Dispose();

    private static byte[] Text(string text) => Text(Encoding.ASCII.GetBytes(text));

    private static byte[] Text(ReadOnlySpan<byte> bytes)
    {
        var text = new byte[4 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(text, bytes.Length);
        bytes.CopyTo(text.AsSpan(4));
        return text;
    }

    // mpint (RFC 4251 §5): no zeros in front but one where the highest bit is set.
    private static byte[] Number(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes.TrimStart((byte)0);
        return Text(bytes[0] >= 0x80 ? [0, .. bytes] : bytes.ToArray());
    }
}
