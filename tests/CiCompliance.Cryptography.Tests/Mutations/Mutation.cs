using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.Mutations;

/// <summary>Chooses what of a specimen is mutated, and how.</summary>
internal static class Mutation
{
    public static Attempt Of(Specimen specimen, DeterministicBytes random)
    {
        var (bytes, text) = (new Mutator(random), new TextMutator(random));
        var form = specimen.Form;
        return random.Next(16) switch
        {
            // Behind base64 and checksum, where the parsers are.
            < 5 => Attempt.OfSignature(specimen, form.Armour(bytes.Mutate(form.Dearmour(specimen.Armour), form.Dearmour(Donor())))),
            < 7 => Attempt.OfSignature(specimen, text.Mutate(specimen.Armour, Donor())),
            7 => Attempt.OfSignature(specimen, Donor()),
            8 => Attempt.OfPayload(specimen, random.Next(4) == 0 ? Specimen.TagPayload : bytes.Mutate(Specimen.CommitPayload, Specimen.TagPayload)),
            < 11 => Attempt.OfKey(specimen, bytes.Mutate(specimen.Key.Trusted.PublicKey, specimen.OtherKey.Trusted.PublicKey), random.Next(2) == 0),
            11 => Attempt.OfKeyring(specimen, text.Mutate(specimen.Key.Keyring, specimen.OtherKey.Keyring)),
            12 => Attempt.OfKeyring(specimen, bytes.Mutate(Binary(specimen.Key), Binary(specimen.OtherKey))),
            < 15 => Attempt.OfCommit(specimen, text.Mutate(Specimen.Commit(specimen.Armour), Specimen.Commit(Donor()))),
            _ => Attempt.OfTag(specimen, text.Mutate([.. Specimen.TagPayload, .. specimen.Tag], [.. Specimen.TagPayload, .. specimen.Armour])),
        };

        byte[] Donor() => random.Next(2) == 0 ? specimen.Tag : specimen.Foreign;

        byte[] Binary(SpecimenKey key) => form.Format == Source.SignatureFormat.OpenPgp ? key.Trusted.PublicKey : key.Keyring;
    }
}
