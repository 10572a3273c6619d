using System.Globalization;
using System.Text.Json.Nodes;
using CiCompliance.Json;

namespace CiCompliance.Sigstore;

/// <summary>A transparency log's key (<c>TransparencyLogInstance</c>).</summary>
/// <param name="BaseUrl">Empty where the root says none.</param>
/// <param name="LogId">What entries and SCTs name the log by.</param>
/// <param name="PublicKey">DER SubjectPublicKeyInfo, or of RSA also RFC 8017's own form.</param>
public sealed record TrustedLog(string BaseUrl, byte[] LogId, byte[] PublicKey, ValidityWindow ValidFor)
{
    /// <summary>The id in the log's signature lines where it is another; its first four bytes count (C2SP signed-note).</summary>
    public byte[]? CheckpointKeyId { get; init; }

    /// <summary>What the root says of the key (<c>PublicKeyDetails</c>), empty where it says nothing; null where no file says it. A key that is something else vouches for nothing.</summary>
    public string? KeyDetails { get; init; }

    private const string Sha256 = "SHA2_256";
    private const int HintSize = 4;

    /// <summary>The host of <see cref="BaseUrl"/>, which is the name and origin of a Rekor v2 log; null where there is none.</summary>
    public string? Host => Uri.TryCreate(BaseUrl, UriKind.Absolute, out var url) ? url.Host : null;

    /// <summary>Four bytes that stand before the signature in the log's signature lines.</summary>
    public ReadOnlySpan<byte> Hint => (CheckpointKeyId ?? LogId).AsSpan(0, HintSize);

    /// <summary>Null for a key of a kind that is not read, or that is not what the root says.</summary>
    internal SignatureKey? TryReadKey() =>
        SignatureKey.TryRead(PublicKey) is { } key && (KeyDetails is null || key.IsSaidBy(KeyDetails, PublicKey)) ? key : null;

    internal static TrustedLog Read(ProtoObject log)
    {
        var url = log.Text("baseUrl");
        if (log.Enum("hashAlgorithm", "", Sha256) != Sha256)
        {
            throw new LocalizedJsonException("a log's hash algorithm is not SHA2_256", "日志的哈希算法不是 SHA2_256");
        }

        var (key, details, window) = log.Object("publicKey", ReadKey) ?? throw log.Missing("publicKey");
        var id = log.Object("logId", value => value.NeededBytes("keyId")) ?? throw log.Missing("logId");
        var checkpointId = log.Object("checkpointKeyId", value => value.NeededBytes("keyId"));
        log.Text("operator");
        return Math.Min(id.Length, (checkpointId ?? id).Length) < HintSize
            ? throw new LocalizedJsonException("a log's id is shorter than four bytes", "日志标识不足四字节")
            : new TrustedLog(url, id, key, window) { CheckpointKeyId = checkpointId, KeyDetails = details };
    }

    internal JsonObject ToJson() => new()
    {
        ["baseUrl"] = BaseUrl,
        ["hashAlgorithm"] = Sha256,
        ["publicKey"] = new JsonObject
        {
            ["rawBytes"] = Convert.ToBase64String(PublicKey),
            ["keyDetails"] = KeyDetails ?? Details(PublicKey),
            ["validFor"] = WindowJson(ValidFor),
        },
        ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(LogId) },
    };

    internal static JsonObject WindowJson(ValidityWindow window)
    {
        var json = new JsonObject { ["start"] = Text(window.Start) };
        if (window.End is { } end)
        {
            json["end"] = Text(end);
        }

        return json;
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    private static string Details(byte[] publicKey) => SignatureKey.TryRead(publicKey)?.Details ?? throw new InvalidOperationException("no key that a root names");

    private static Tuple<byte[], string, ValidityWindow> ReadKey(ProtoObject key) => new(
        key.NeededBytes("rawBytes"),
        key.Enum("keyDetails", SignatureKey.DetailsByNumber),
        key.Object("validFor", ValidityWindow.Read) ?? throw key.Missing("validFor"));
}
