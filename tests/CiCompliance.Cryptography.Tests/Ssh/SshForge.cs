using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.Ssh;

/// <summary>Writes keys and signatures that ssh-keygen would not make, or only with an authenticator at hand (PROTOCOL.sshsig, PROTOCOL.u2f).</summary>
internal static class SshForge
{
    public static readonly byte[] Application = [.. "ssh:"u8];

    public static byte[] Text(string text) => Field(Encoding.ASCII.GetBytes(text));

    public static byte[] Field(params byte[] content) => [.. Number((uint)content.Length), .. content];

    public static byte[] Mpint(byte[] number)
    {
        var shortest = number.AsSpan().TrimStart((byte)0);
        return Field([.. shortest[0] >= 0x80 ? (byte[])[0] : [], .. shortest]);
    }

    public static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>What a plain key signs.</summary>
    public static byte[] Message(byte[] payload, string space = "git") =>
        [.. "SSHSIG"u8, .. Text(space), .. Text(""), .. Text("sha512"), .. Field(SHA512.HashData(payload))];

    /// <param name="signature">With its algorithm's name.</param>
    public static byte[] Armour(byte[] blob, byte[] signature, string space = "git", uint version = 1, string reserved = "", string hash = "sha512", byte[]? behind = null) =>
        SshHome.Armour([.. "SSHSIG"u8, .. Number(version), .. Field(blob), .. Text(space), .. Text(reserved), .. Text(hash), .. Field(signature), .. behind ?? []]);

    /// <summary>What an authenticator signs for that message.</summary>
    public static byte[] Asserted(byte[] message, byte flags, uint counter) =>
        [.. SHA256.HashData(Application), flags, .. Number(counter), .. SHA256.HashData(message)];

    public static byte[] RsaBlob(RSA rsa)
    {
        var key = rsa.ExportParameters(false);
        return [.. Text("ssh-rsa"), .. Mpint(key.Exponent!), .. Mpint(key.Modulus!)];
    }

    /// <summary>A key as an authenticator would keep it, here in software.</summary>
    internal sealed class Authenticator : IDisposable
    {
        private readonly string type;
        private readonly ECDsa? ecdsa;
        private readonly GeneratedKey? key;
        private readonly ISigner? signer;

        public Authenticator(string type)
        {
            this.type = type;
            if (type.StartsWith("sk-ecdsa", StringComparison.Ordinal))
            {
                ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
                var point = ecdsa.ExportParameters(false).Q;
                Blob = [.. Text(type), .. Text("nistp256"), .. Field([4, .. point.X!, .. point.Y!]), .. Field(Application)];
            }
            else
            {
                key = KeyGenerator.Generate(KeyAlgorithm.Ed25519);
                signer = key.OpenSigner();
                Blob = [.. Text(type), .. Field(key.PublicKey[12..]), .. Field(Application)];
            }
        }

        public byte[] Blob { get; }

        public string Line => $"{type} {Convert.ToBase64String(Blob)}";

        public byte[] Sign(byte[] payload, byte flags = 1, uint counter = 7)
        {
            var asserted = Asserted(Message(payload), flags, counter);
            return Armour(Blob, [.. Text(type), .. Field(Raw(asserted)), flags, .. Number(counter)]);
        }

        public void Dispose()
        {
            ecdsa?.Dispose();
            signer?.Dispose();
            key?.Dispose();
        }

        private byte[] Raw(byte[] asserted)
        {
            if (signer is not null)
            {
                return signer.Sign(asserted);
            }

            var numbers = ecdsa!.SignData(asserted, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            return [.. Mpint(numbers[..32]), .. Mpint(numbers[32..])];
        }
    }
}
