using System.Security.Cryptography;
using System.Text.Json;
using CiCompliance.Signing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Sigstore;

/// <summary>
/// Any Sigstore bundle of v0.1 to v0.3 (sigstore/protobuf-specs, sigstore_bundle.proto). Reading checks form and bounds only;
/// <see cref="SigstoreVerifier"/> decides. Our own evidence is held to the narrower <see cref="Attestations.SigstoreBundle"/>.
/// </summary>
/// <param name="Entries">Log entries in the bundle's order.</param>
/// <param name="Timestamps">RFC 3161 responses (TimeStampResp, DER).</param>
public sealed record Bundle(
    BundleVersion Version, SigningMaterial Material, SignedContent Content, IReadOnlyList<LoggedEntry> Entries, IReadOnlyList<byte[]> Timestamps)
{
    public const int MaxBytes = 16 << 20;
    public const int MaxEntries = 32;
    public const int MaxTimestamps = 32;
    public const int MaxCertificates = 10;

    /// <exception cref="UnsupportedBundleException">It says that it is of a version that is not read.</exception>
    /// <exception cref="JsonException">Not such a bundle, or past a bound.</exception>
    public static Bundle Parse(ReadOnlySpan<byte> json) => BundleReader.Read(json);

    /// <summary>Canonical JSON (RFC 8785), which protojson readers take like any other member order.</summary>
    public byte[] ToJson() => BundleWriter.Write(this);
}

/// <summary>Who signed, as the bundle says: a hint or a claim until it is verified.</summary>
public abstract record SigningMaterial
{
    /// <summary>A key that both sides know already.</summary>
    /// <param name="Hint">Free text; proves nothing.</param>
    public sealed record Key(string Hint) : SigningMaterial;

    /// <summary>A certificate, and in v0.1 and v0.2 perhaps intermediate ones after it.</summary>
    /// <param name="Chain">DER, the signer's first; never empty.</param>
    public sealed record Certificates(IReadOnlyList<byte[]> Chain) : SigningMaterial;
}

/// <summary>What the bundle's one signature is over.</summary>
public abstract record SignedContent(byte[] Signature)
{
    /// <summary>The artefact's own bytes.</summary>
    /// <param name="Digest">What the bundle says that the artefact's digest is; a hint. Null where it says nothing.</param>
    public sealed record Message(MessageDigest? Digest, byte[] Signature) : SignedContent(Signature)
    {
        /// <summary>The stated digest where it is a SHA-256, else null.</summary>
        public byte[]? Sha256 => Digest is { Algorithm: MessageDigest.Sha256, Value.Length: SHA256.HashSizeInBytes } ? Digest.Value : null;
    }

    /// <summary>A DSSE envelope: the signature is over its pre-authentication encoding.</summary>
    public sealed record Dsse(string PayloadType, byte[] Payload, byte[] Signature) : SignedContent(Signature)
    {
        public byte[] SignedBytes => DsseEnvelope.PreAuthenticationEncoding(PayloadType, Payload);
    }
}

/// <param name="Algorithm">As in sigstore_common.proto: <c>SHA2_256</c> …</param>
public sealed record MessageDigest(string Algorithm, byte[] Value)
{
    public const string Sha256 = "SHA2_256";
}

/// <summary>A bundle that says itself that it is of a version or form that is not read: nothing is known about it.</summary>
public sealed class UnsupportedBundleException(string form) : Exception($"bundles of the form '{form}' are not read")
{
    public string Form { get; } = form;
}
