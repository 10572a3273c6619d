using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using CiCompliance.Json;

namespace CiCompliance.Sigstore;

/// <summary>
/// A Sigstore trusted root (sigstore_trustroot.proto): the logs, certificate authorities and time-stamping authorities that count, each with
/// its window. It comes from the auditor; a part without a start of its window makes the whole of it malformed.
/// </summary>
/// <param name="Logs">Rekor v1 and v2 logs.</param>
/// <param name="CertificateLogs">Certificate transparency logs, whose SCTs stand in Fulcio's certificates.</param>
public sealed record TrustedRoot(
    IReadOnlyList<TrustedLog> Logs,
    IReadOnlyList<TrustedLog> CertificateLogs,
    IReadOnlyList<TrustedAuthority> CertificateAuthorities,
    IReadOnlyList<TrustedAuthority> TimestampAuthorities)
{
    public const string MediaType = "application/vnd.dev.sigstore.trustedroot+json;version=0.1";
    public const int MaxBytes = 4 << 20;

    private const string MediaType02 = "application/vnd.dev.sigstore.trustedroot.v0.2+json";
    private const int MaxParts = 256;
    private const int MaxChain = 10;

    /// <exception cref="JsonException">Not such a root: unknown members, a window without a start, a chain without certificates, past a bound.</exception>
    public static TrustedRoot Parse(ReadOnlySpan<byte> json) => json.Length > MaxBytes
        ? throw new LocalizedJsonException("a trusted root is larger than allowed", "受信根文件过大")
        : ProtoObject.Read(json, "trusted root", Read);

    /// <param name="origin">The file, for messages.</param>
    /// <exception cref="CiComplianceException">Not such a root (CIC2119).</exception>
    public static TrustedRoot Parse(ReadOnlySpan<byte> json, string origin)
    {
        try
        {
            return Parse(json);
        }
        catch (JsonException e)
        {
            throw new CiComplianceException(SigstoreDiagnostics.MalformedRoot, origin,
                new($"it is not a Sigstore trusted root ({e.Problem().En})", $"不是 Sigstore 受信根({e.Problem().Zh})"),
                new("Get it again, or make one with cosign trusted-root create", "请重新获取,或用 cosign trusted-root create 生成"), e);
        }
    }

    /// <summary>A root that names one log of ours, for <c>cosign verify… --trusted-root</c>.</summary>
    /// <param name="name">The log's host name. Sigstore clients compare it with the checkpoint's signature line.</param>
    /// <param name="publicKey">The log's P-256 key, DER SubjectPublicKeyInfo.</param>
    /// <param name="validFrom">Not after the log's first entry.</param>
    public static TrustedRoot ForLog(string name, byte[] publicKey, DateTimeOffset validFrom) =>
        new([new TrustedLog($"http://{name}", SHA256.HashData(publicKey), publicKey, new ValidityWindow(validFrom, null))], [], [], []);

    /// <summary>Canonical JSON (RFC 8785).</summary>
    public byte[] ToJson()
    {
        var root = new JsonObject { ["mediaType"] = MediaType };
        Add(root, "tlogs", Logs, log => log.ToJson());
        Add(root, "ctlogs", CertificateLogs, log => log.ToJson());
        Add(root, "certificateAuthorities", CertificateAuthorities, authority => authority.ToJson());
        Add(root, "timestampAuthorities", TimestampAuthorities, authority => authority.ToJson());
        return CanonicalJson.Canonicalize(root);
    }

    private static void Add<T>(JsonObject root, string name, IReadOnlyList<T> parts, Func<T, JsonNode> write)
    {
        if (parts.Count > 0)
        {
            root[name] = new JsonArray([.. parts.Select(write)]);
        }
    }

    private static TrustedRoot Read(ProtoObject root) => root.Text("mediaType") is MediaType or MediaType02
        ? new(
            root.List("tlogs", MaxParts, TrustedLog.Read),
            root.List("ctlogs", MaxParts, TrustedLog.Read),
            root.List("certificateAuthorities", MaxParts, value => TrustedAuthority.Read(value, MaxChain)),
            root.List("timestampAuthorities", MaxParts, value => TrustedAuthority.Read(value, MaxChain)))
        : throw new LocalizedJsonException("the media type is not that of a trusted root v0.1 or v0.2", "媒体类型不是受信根 v0.1 或 v0.2");
}
