using System.Text.Json;
using CiCompliance.Json;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Sigstore;

/// <summary>Reads the protojson form of a bundle, with the rules of its version about who signed.</summary>
internal static class BundleReader
{
    private const int MaxCertificateBytes = 64 << 10;
    private const int MaxTimestampBytes = 64 << 10;

    private static readonly string[] HashAlgorithms = ["", "SHA2_256", "SHA2_384", "SHA2_512", "SHA3_256", "SHA3_384"];

    public static Bundle Read(ReadOnlySpan<byte> json) => json.Length > Bundle.MaxBytes
        ? throw new LocalizedJsonException("a bundle is larger than allowed", "bundle 过大")
        : ProtoObject.Read(json, "bundle", Read);

    private static Bundle Read(ProtoObject bundle)
    {
        var mediaType = bundle.Text("mediaType");
        var version = BundleMediaType.VersionOf(mediaType)
            ?? throw (mediaType.Length == 0 ? bundle.Missing("mediaType") : new UnsupportedBundleException(mediaType));
        var material = bundle.Object("verificationMaterial", value => ReadMaterial(value, version)) ?? throw bundle.Missing("verificationMaterial");
        var message = bundle.Object("messageSignature", ReadMessage);
        var envelope = bundle.Object("dsseEnvelope", ReadEnvelope);
        return new Bundle(version, material.Signer,
            (message, envelope) switch
            {
                ({ } only, null) => only,
                (null, { } only) => only,
                _ => throw new LocalizedJsonException("a bundle has either messageSignature or dsseEnvelope", "bundle 应恰有 messageSignature 或 dsseEnvelope 之一"),
            },
            material.Entries, material.Timestamps);
    }

    private static Material ReadMaterial(ProtoObject material, BundleVersion version)
    {
        var key = material.Object("publicKey", value => new SigningMaterial.Key(value.Text("hint")));
        var chain = material.Object("x509CertificateChain", value => value.List("certificates", Bundle.MaxCertificates, ReadCertificate));
        var single = material.Object("certificate", ReadCertificate);
        SigningMaterial signer = (key, chain, single, version) switch
        {
            ({ } only, null, null, _) => only,
            (null, { Count: > 0 } certificates, null, not BundleVersion.V03) => new SigningMaterial.Certificates(certificates),
            (null, null, { } certificate, BundleVersion.V03) => new SigningMaterial.Certificates([certificate]),
            _ => throw new LocalizedJsonException(
                "a bundle has either publicKey or, in v0.3, certificate, before it x509CertificateChain", "bundle 应恰有 publicKey,或 certificate(v0.3)、x509CertificateChain(更早版本)"),
        };
        var entries = material.List("tlogEntries", Bundle.MaxEntries, EntryReader.Read);
        var timestamps = material.Object("timestampVerificationData", value => value.List("rfc3161Timestamps", Bundle.MaxTimestamps, ReadTimestamp)) ?? [];
        return new Material(signer, entries, timestamps);
    }

    private static byte[] ReadCertificate(ProtoObject certificate) => Bounded(certificate.NeededBytes("rawBytes"), MaxCertificateBytes);

    private static byte[] ReadTimestamp(ProtoObject timestamp) => Bounded(timestamp.NeededBytes("signedTimestamp"), MaxTimestampBytes);

    private static SignedContent.Message ReadMessage(ProtoObject message) => new(
        message.Object("messageDigest", value => new MessageDigest(value.Enum("algorithm", HashAlgorithms), value.NeededBytes("digest"))),
        message.NeededBytes("signature"));

    internal static SignedContent.Dsse ReadEnvelope(ProtoObject envelope)
    {
        var payload = envelope.Bytes("payload") ?? throw envelope.Missing("payload");
        var type = envelope.Text("payloadType");
        var signatures = envelope.List("signatures", 1, value =>
        {
            // Unauthenticated by the DSSE protocol; the key is known without it.
            value.Text("keyid");
            return value.NeededBytes("sig");
        });
        return signatures is [var only]
            ? new SignedContent.Dsse(type, payload, only)
            : throw new LocalizedJsonException("a bundle's envelope has exactly one signature", "bundle 的信封应恰有一个签名");
    }

    private static byte[] Bounded(byte[] value, int maximum) => value.Length <= maximum ? value
        : throw new LocalizedJsonException("a certificate or a time stamp is larger than allowed", "证书或时间戳过大");

    private sealed record Material(SigningMaterial Signer, IReadOnlyList<LoggedEntry> Entries, IReadOnlyList<byte[]> Timestamps);
}
