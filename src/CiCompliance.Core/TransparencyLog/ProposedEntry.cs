using System.Text;
using System.Text.Json;
using CiCompliance.Json;
using CiCompliance.Sigstore;

namespace CiCompliance.TransparencyLog;

/// <summary>An entry to be logged: what a Rekor server is sent, and the canonical body that it must make of it.</summary>
/// <param name="Body">Canonical bytes (RFC 8785); the embedded log appends exactly these.</param>
/// <param name="Request">The content for <c>POST /api/v1/log/entries</c>, of version 0.0.2 for <c>POST /api/v2/log/entries</c>.</param>
public sealed record ProposedEntry(string Kind, string Version, byte[] Body, byte[] Request)
{
    /// <summary>hashedrekord 0.0.1: a signature over an artefact known by its SHA-256. Request and body are alike.</summary>
    /// <param name="publicKey">DER SubjectPublicKeyInfo.</param>
    public static ProposedEntry HashedRekord(ReadOnlySpan<byte> sha256, byte[] signature, ReadOnlySpan<byte> publicKey)
    {
        var body = CanonicalJson.Serialize(
            new HashedRekordBody(EntryBody.Version001, EntryBody.HashedRekord, new(
                new(new(HashJson.Sha256, Convert.ToHexStringLower(sha256))),
                new(Convert.ToBase64String(signature), new(new EntrySigner(publicKey.ToArray(), false).ToPemBase64())))),
            EntryContext.Default.HashedRekordBody);
        return new(EntryBody.HashedRekord, EntryBody.Version001, body, body);
    }

    /// <summary>hashedrekord 0.0.2, Rekor v2's only kind: a P-256 signature over what has this SHA-256.</summary>
    /// <param name="publicKey">DER SubjectPublicKeyInfo of a P-256 key.</param>
    public static ProposedEntry HashedRekord002(ReadOnlySpan<byte> sha256, byte[] signature, ReadOnlySpan<byte> publicKey)
    {
        var digest = Convert.ToBase64String(sha256);
        var signed = new HashedRekord002Signature(
            Convert.ToBase64String(signature), new(SignatureKey.P256, PublicKey: new(Convert.ToBase64String(publicKey))));
        var body = CanonicalJson.Serialize(
            new HashedRekord002Body(EntryBody.Version002, EntryBody.HashedRekord, new(new(new(HashedRekord002Data.Sha256, digest), signed))),
            EntryContext.Default.HashedRekord002Body);
        var request = CanonicalJson.Serialize(new HashedRekord002Request(new(digest, signed)), EntryContext.Default.HashedRekord002Request);
        return new(EntryBody.HashedRekord, EntryBody.Version002, body, request);
    }

    /// <summary>dsse 0.0.1: a DSSE envelope with one signature; the log keeps its hashes, not the payload.</summary>
    /// <param name="publicKey">DER SubjectPublicKeyInfo.</param>
    public static ProposedEntry Dsse(string payloadType, byte[] payload, byte[] signature, ReadOnlySpan<byte> publicKey)
    {
        var pem = new EntrySigner(publicKey.ToArray(), false).ToPemBase64();
        var sig = Convert.ToBase64String(signature);
        var envelope = CanonicalJson.Serialize(
            new EnvelopeToLog(Convert.ToBase64String(payload), payloadType, [new(sig)]), EntryContext.Default.EnvelopeToLog);
        var body = CanonicalJson.Serialize(
            new DsseBody(EntryBody.Version001, EntryBody.Dsse, new(
                HashJson.Of(envelope), HashJson.Of(payload), [new(sig, pem)])),
            EntryContext.Default.DsseBody);
        var request = JsonSerializer.SerializeToUtf8Bytes(
            new DsseRequest(EntryBody.Version001, EntryBody.Dsse, new(new(Encoding.UTF8.GetString(envelope), [pem]))), EntryContext.Default.DsseRequest);
        return new(EntryBody.Dsse, EntryBody.Version001, body, request);
    }
}
