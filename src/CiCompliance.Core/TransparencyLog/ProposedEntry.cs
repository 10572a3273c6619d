using System.Text;
using System.Text.Json;
using CiCompliance.Json;

namespace CiCompliance.TransparencyLog;

/// <summary>An entry to be logged: what a Rekor v1 server is sent, and the canonical body that it must make of it.</summary>
/// <param name="Body">Canonical bytes (RFC 8785); the embedded log appends exactly these.</param>
/// <param name="Request">The proposed entry for <c>POST /api/v1/log/entries</c>.</param>
public sealed record ProposedEntry(string Kind, string Version, byte[] Body, byte[] Request)
{
    private const string Version001 = "0.0.1";

    /// <summary>hashedrekord 0.0.1: a signature over an artefact known by its SHA-256. Request and body are alike.</summary>
    /// <param name="publicKey">DER SubjectPublicKeyInfo.</param>
    public static ProposedEntry HashedRekord(ReadOnlySpan<byte> sha256, byte[] signature, ReadOnlySpan<byte> publicKey)
    {
        var body = CanonicalJson.Serialize(
            new HashedRekordBody(Version001, EntryBody.HashedRekord, new(
                new(new(HashJson.Sha256, Convert.ToHexStringLower(sha256))),
                new(Convert.ToBase64String(signature), new(EntryBody.PemBase64(publicKey))))),
            EntryContext.Default.HashedRekordBody);
        return new(EntryBody.HashedRekord, Version001, body, body);
    }

    /// <summary>dsse 0.0.1: a DSSE envelope with one signature; the log keeps its hashes, not the payload.</summary>
    /// <param name="publicKey">DER SubjectPublicKeyInfo.</param>
    public static ProposedEntry Dsse(string payloadType, byte[] payload, byte[] signature, ReadOnlySpan<byte> publicKey)
    {
        var pem = EntryBody.PemBase64(publicKey);
        var sig = Convert.ToBase64String(signature);
        var envelope = CanonicalJson.Serialize(
            new EnvelopeToLog(Convert.ToBase64String(payload), payloadType, [new(sig)]), EntryContext.Default.EnvelopeToLog);
        var body = CanonicalJson.Serialize(
            new DsseBody(Version001, EntryBody.Dsse, new(
                HashJson.Of(envelope), HashJson.Of(payload), [new(sig, pem)])),
            EntryContext.Default.DsseBody);
        var request = JsonSerializer.SerializeToUtf8Bytes(
            new DsseRequest(Version001, EntryBody.Dsse, new(new(Encoding.UTF8.GetString(envelope), [pem]))), EntryContext.Default.DsseRequest);
        return new(EntryBody.Dsse, Version001, body, request);
    }
}
