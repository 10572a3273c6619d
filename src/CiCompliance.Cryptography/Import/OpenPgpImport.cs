using CiCompliance.Cryptography.OpenPgp;

namespace CiCompliance.Cryptography;

/// <summary>OpenPGP keyrings: armoured blocks one after another, or packets.</summary>
internal static class OpenPgpImport
{
    private const string PublicLabel = "PGP PUBLIC KEY BLOCK";

    public static void AddArmored(ImportTarget target, ReadOnlySpan<byte> content)
    {
        for (var start = content.IndexOf("-----BEGIN "u8); start >= 0; start = content.IndexOf("-----BEGIN "u8))
        {
            content = content[start..];
            if (content.StartsWith("-----BEGIN PGP PRIVATE KEY"u8))
            {
                throw target.SecretKey();
            }

            try
            {
                AddBinary(target, PgpArmor.Decode(content, PublicLabel, out var consumed));
                content = content[consumed..];
            }
            catch (FormatException)
            {
                throw target.Malformed();
            }
        }
    }

    public static void AddBinary(ImportTarget target, ReadOnlySpan<byte> content)
    {
        IReadOnlyList<byte[]> keys;
        bool holdsSecretKey;
        try
        {
            keys = PgpPackets.Split(content, out holdsSecretKey);
        }
        catch (FormatException)
        {
            throw target.Malformed();
        }

        if (holdsSecretKey)
        {
            throw target.SecretKey();
        }

        foreach (var key in keys)
        {
            Add(target, key);
        }
    }

    private static void Add(ImportTarget target, byte[] key)
    {
        try
        {
            target.AddOpenPgp(PgpCertificate.Parse(key), key);
        }
        catch (FormatException)
        {
            // One of another version or damaged must not hide the others, nor pass unseen.
            target.LeaveOut("an OpenPGP key", WhyNot(key));
        }
    }

    private static LocalizedText WhyNot(byte[] key) => new PgpReader(key).ReadPacket(out var tag) is [not 4 and var version, ..] && tag == PgpTag.PublicKey
        ? new($"it is of version {version}, and only version 4 is accepted", $"其为第 {version} 版,仅接受第 4 版")
        : new("it is damaged", "其内容已损坏");
}
