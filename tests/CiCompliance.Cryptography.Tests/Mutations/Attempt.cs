using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Source;

namespace CiCompliance.Cryptography.Tests.Mutations;

/// <summary>One mutated input and what must hold of it. Only signature, object or keyring is not the specimen's own.</summary>
/// <param name="Changed">What was mutated, to make it again.</param>
internal sealed record Attempt(Specimen Specimen, string Place, byte[] Changed, Func<bool> Run)
{
    private static readonly ObjectSignatureVerifier Verifier = new();

    /// <summary>
    /// For keys as many verifications more as their signatures could be, none of them shorter than 128 bytes: BouncyCastle leaves 120 KiB of garbage
    /// behind for each of Ed25519.
    /// </summary>
    public long MayAllocate => Watchdog.UsualAllocation(Changed.Length + Specimen.CommitPayload.Length + Specimen.Armour.Length + Specimen.Key.Keyring.Length)
        + (Place is "key" or "keyring" ? Changed.Length / 128 * (128L << 10) : 0);

    /// <summary>The signature over the specimen's own commit.</summary>
    public static Attempt OfSignature(Specimen specimen, byte[] armour) => new(specimen, "signature", armour, () =>
        Judge(specimen, new ObjectSignature(specimen.Form.Format, armour, Specimen.CommitPayload, Specimen.ClaimedAt), [specimen.Key.Trusted]));

    /// <summary>The good signature over another payload.</summary>
    public static Attempt OfPayload(Specimen specimen, byte[] payload) => new(specimen, "payload", payload, () =>
        Judge(specimen, new ObjectSignature(specimen.Form.Format, specimen.Armour, payload, Specimen.ClaimedAt), [specimen.Key.Trusted]));

    /// <summary>The trusted key's bytes.</summary>
    public static Attempt OfKey(Specimen specimen, byte[] publicKey, bool hasOwnId) => new(specimen, "key", publicKey, () =>
        Judge(specimen, Good(specimen), [specimen.Key.Trusted with { PublicKey = publicKey, Id = hasOwnId ? PublicKeyInfo.KeyId(publicKey) : specimen.Key.Trusted.Id }]));

    /// <summary>A file of keys: what is taken from it must not let anything pass that the good file doesn't.</summary>
    public static Attempt OfKeyring(Specimen specimen, byte[] keyring) => new(specimen, "keyring", keyring, () =>
    {
        try
        {
            var keys = KeyringImporter.Import("mutated", keyring, KeyRole.Committer, []).Keys;
            if (specimen.Form.Format == SignatureFormat.OpenPgp)
            {
                TrustedKey[] known = [specimen.Key.Trusted, specimen.OtherKey.Trusted];
                keys.ShouldAllBe(key => known.Any(good => good.Id == key.Id && SaysNoMore(key, good)), "a certificate says only what its owner signed");
            }

            return Judge(specimen, Good(specimen), keys);
        }
        catch (CiComplianceException)
        {
            return false;
        }
    });

    public static Attempt OfCommit(Specimen specimen, byte[] raw) =>
        OfObject(specimen, "commit", raw, Specimen.CommitPayload, specimen.Armour, bytes => CommitObject.Parse(bytes).ReadSignature());

    public static Attempt OfTag(Specimen specimen, byte[] raw) =>
        OfObject(specimen, "tag", raw, Specimen.TagPayload, specimen.Tag, bytes => TagObject.Parse(bytes).ReadSignature());

    private static Attempt OfObject(Specimen specimen, string place, byte[] raw, byte[] goodPayload, byte[] goodArmour, Func<byte[], ObjectSignature> parse) => new(specimen, place, raw, () =>
    {
        try
        {
            var signature = parse(raw);
            return signature.Format is not (SignatureFormat.None or SignatureFormat.Unknown) && Judge(specimen, signature, [specimen.Key.Trusted], goodPayload, goodArmour);
        }
        catch (FormatException)
        {
            return false;
        }
    });

    private static ObjectSignature Good(Specimen specimen) => new(specimen.Form.Format, specimen.Armour, Specimen.CommitPayload, Specimen.ClaimedAt);

    private static bool Judge(Specimen specimen, ObjectSignature signature, IReadOnlyList<TrustedKey> keys) => Judge(specimen, signature, keys, Specimen.CommitPayload, specimen.Armour);

    // Whether it passes; if so, nothing that the verdict rests on may have changed.
    private static bool Judge(Specimen specimen, ObjectSignature signature, IReadOnlyList<TrustedKey> keys, byte[] goodPayload, byte[] goodArmour)
    {
        var assessment = Verifier.Verify(signature, keys);
        if (assessment.Verdict != Verdict.Pass)
        {
            assessment.Verdict.ShouldBe(Verdict.Fail);
            assessment.Diagnostic.ShouldNotBeNull();
            return false;
        }

        assessment.Diagnostic.ShouldBeNull();
        assessment.Signers.ShouldHaveSingleItem().KeyId.ShouldBe(specimen.Key.Trusted.Id);
        (signature.Format, signature.ClaimedAt).ShouldBe((specimen.Form.Format, Specimen.ClaimedAt));
        signature.Payload.ToArray().ShouldBe(goodPayload, "another payload passed");
        specimen.Form.Essence(signature.Armour.ToArray()).ShouldBe(specimen.Form.Essence(goodArmour), "another signature passed");
        var key = keys.Single(key => key.Id == specimen.Key.Trusted.Id);
        key.Algorithm.ShouldBe(specimen.Key.Trusted.Algorithm);
        specimen.Form.KeyParts(specimen.Key.Trusted).ShouldAllBe(part => Holds(key, part), "another key passed");
        if (specimen.Form.Format != SignatureFormat.OpenPgp)
        {
            key.PublicKey.ShouldBe(specimen.Key.Trusted.PublicKey);
        }

        return true;
    }

    private static bool Holds(TrustedKey key, byte[] part) => key.PublicKey.AsSpan().IndexOf(part) >= 0;

    private static bool SaysNoMore(TrustedKey key, TrustedKey good) => (key.Identities ?? []).All((good.Identities ?? []).Contains);
}
