using System.Text;
using CiCompliance.Keys;
using CiCompliance.Source;

namespace CiCompliance.Cryptography.Tests.Mutations;

/// <summary>A key with what signs for it.</summary>
/// <param name="Keyring">A file that the key can be imported from.</param>
internal sealed record SpecimenKey(TrustedKey Trusted, byte[] Keyring, Func<byte[], byte[]> Sign);

/// <param name="Armour">Makes text of a binary signature.</param>
/// <param name="Essence">What of an armour its verdict rests on.</param>
/// <param name="KeyParts">What of a trusted key must still be there, whatever else changed, for a signature to pass; the whole key where its bytes are one thing.</param>
internal sealed record SpecimenForm(
    SignatureFormat Format, Func<byte[], byte[]> Armour, Func<byte[], byte[]> Dearmour, Func<byte[], string> Essence, Func<TrustedKey, IReadOnlyList<byte[]>> KeyParts);

/// <summary>One good signature of one kind, with the objects that it stands in, and others of the same kind to take pieces from.</summary>
/// <param name="Tag">The same key's signature of a tag.</param>
/// <param name="Foreign">Another key's signature of the commit.</param>
internal sealed record Specimen(string Kind, SpecimenForm Form, SpecimenKey Key, SpecimenKey OtherKey, byte[] Armour, byte[] Tag, byte[] Foreign)
{
    public static readonly DateTimeOffset ClaimedAt = DateTimeOffset.FromUnixTimeSeconds(1_750_000_000);

    private const string Identity = "Zhang San <zhangsan@example.com> 1750000000 +0800\n";
    private const string CommitHead = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nparent 4b825dc642cb6eb9a060e54bf8d69288fbee4905\nauthor " + Identity + "committer " + Identity;
    private const string Message = "\n提交\n\nbody\n";

    public static readonly byte[] CommitPayload = Encoding.UTF8.GetBytes(CommitHead + Message);

    public static readonly byte[] TagPayload = Encoding.UTF8.GetBytes(
        "object 4b825dc642cb6eb9a060e54bf8d69288fbee4904\ntype commit\ntag v1.0.0\ntagger " + Identity + Message);

    public static Specimen Make(string kind, SpecimenForm form, SpecimenKey key, SpecimenKey other) =>
        new(kind, form, key, other, key.Sign(CommitPayload), key.Sign(TagPayload), other.Sign(CommitPayload));

    /// <summary>The whole commit object.</summary>
    public static byte[] Commit(byte[] armour) =>
        Encoding.Latin1.GetBytes($"{Latin(CommitHead)}gpgsig {Encoding.Latin1.GetString(armour).TrimEnd('\n').Replace("\n", "\n ", StringComparison.Ordinal)}\n{Latin(Message)}");

    private static string Latin(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
