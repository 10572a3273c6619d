using System.Text.Json;
using CiCompliance.Json;

namespace CiCompliance.Sigstore;

/// <summary>A Sigstore signing config v0.2 (sigstore_trustroot.proto <c>SigningConfig</c>): where to sign, log and get time stamps.</summary>
/// <param name="Logs">Rekor servers of either API.</param>
public sealed record SigningConfig(
    IReadOnlyList<SigningService> CertificateAuthorities,
    IReadOnlyList<SigningService> IdentityProviders,
    IReadOnlyList<SigningService> Logs,
    ServiceSelection LogSelection,
    IReadOnlyList<SigningService> TimestampAuthorities,
    ServiceSelection TimestampSelection)
{
    public const string MediaType = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
    public const int MaxBytes = 1 << 20;

    private const int MaxServices = 64;

    /// <exception cref="JsonException">Not such a config: unknown members, a window without a start, a service without a URL, past a bound.</exception>
    public static SigningConfig Parse(ReadOnlySpan<byte> json) => json.Length > MaxBytes
        ? throw new LocalizedJsonException("a signing config is larger than allowed", "签名配置过大")
        : ProtoObject.Read(json, "signing config", Read);

    /// <param name="supported">API versions that the caller speaks.</param>
    /// <exception cref="InvalidOperationException">Fewer services than an EXACT selection asks for, or none at all.</exception>
    public IReadOnlyList<SigningService> SelectLogs(IReadOnlyList<int> supported, DateTimeOffset now) => LogSelection.Select(Logs, supported, now);

    /// <inheritdoc cref="SelectLogs"/>
    public IReadOnlyList<SigningService> SelectTimestampAuthorities(IReadOnlyList<int> supported, DateTimeOffset now) =>
        TimestampSelection.Select(TimestampAuthorities, supported, now);

    private static SigningConfig Read(ProtoObject config) => config.Text("mediaType") != MediaType
        ? throw new LocalizedJsonException($"the media type is not {MediaType}", $"媒体类型不是 {MediaType}")
        : new(
            config.List("caUrls", MaxServices, SigningService.Read),
            config.List("oidcUrls", MaxServices, SigningService.Read),
            config.List("rekorTlogUrls", MaxServices, SigningService.Read),
            config.Object("rekorTlogConfig", ServiceSelection.Read) ?? ServiceSelection.None,
            config.List("tsaUrls", MaxServices, SigningService.Read),
            config.Object("tsaConfig", ServiceSelection.Read) ?? ServiceSelection.None);
}

/// <summary>One service (<c>Service</c>).</summary>
/// <param name="Url">Absolute, http or https.</param>
/// <param name="MajorApiVersion">Of Rekor 1 or 2.</param>
/// <param name="Operator">Who runs it: of one operator only one service is taken.</param>
public sealed record SigningService(string Url, int MajorApiVersion, ValidityWindow ValidFor, string Operator)
{
    internal static SigningService Read(ProtoObject service)
    {
        var url = service.Text("url");
        var version = service.Int64("majorApiVersion");
        var window = service.Object("validFor", ValidityWindow.Read) ?? throw service.Missing("validFor");
        var operatorName = service.Text("operator");
        return Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https" && version <= int.MaxValue
            ? new SigningService(url, (int)version, window, operatorName)
            : throw new LocalizedJsonException("a service has no http(s) URL", "服务没有 http(s) URL");
    }
}

public enum ServiceSelector
{
    /// <summary>The config says nothing: no service of that kind is used.</summary>
    Undefined,

    /// <summary>Every operator's.</summary>
    All,

    /// <summary>One.</summary>
    Any,

    /// <summary>As many as <see cref="ServiceSelection.Count"/>, of as many operators.</summary>
    Exact,
}

/// <summary>How many services to use (<c>ServiceConfiguration</c>).</summary>
public sealed record ServiceSelection(ServiceSelector Selector, int Count)
{
    public static readonly ServiceSelection None = new(ServiceSelector.Undefined, 0);

    /// <summary>
    /// Of each operator the service with the newest supported API and, among those, the latest start, if it counts now; then by the selector. The
    /// newest API stands first.
    /// </summary>
    /// <param name="supported">API versions that the caller speaks.</param>
    /// <returns>Empty where the config selects nothing.</returns>
    /// <exception cref="InvalidOperationException">Fewer operators than asked for.</exception>
    public IReadOnlyList<SigningService> Select(IReadOnlyList<SigningService> services, IReadOnlyList<int> supported, DateTimeOffset now)
    {
        if (Selector == ServiceSelector.Undefined)
        {
            return [];
        }

        var candidates = services.Where(service => supported.Contains(service.MajorApiVersion) && service.ValidFor.Contains(now))
            .OrderByDescending(service => service.MajorApiVersion).ThenByDescending(service => service.ValidFor.Start)
            .DistinctBy(service => service.Operator, StringComparer.Ordinal).ToList();
        var needed = Selector == ServiceSelector.Exact ? Count : 1;
        return candidates.Count < needed
            ? throw new InvalidOperationException($"{needed} services are asked for and {candidates.Count} can be used")
            : Selector == ServiceSelector.All ? candidates : candidates[..needed];
    }

    internal static ServiceSelection Read(ProtoObject selection)
    {
        var selector = selection.Enum("selector", "SERVICE_SELECTOR_UNDEFINED", "ALL", "ANY", "EXACT") switch
        {
            "" or "SERVICE_SELECTOR_UNDEFINED" => ServiceSelector.Undefined,
            "ALL" => ServiceSelector.All,
            "ANY" => ServiceSelector.Any,
            "EXACT" => ServiceSelector.Exact,
            _ => throw new LocalizedJsonException("a selector is not ALL, ANY or EXACT", "选择方式不是 ALL、ANY 或 EXACT"),
        };
        var count = selection.Int64("count");
        return selector == ServiceSelector.Exact && count is < 1 or > 64
            ? throw new LocalizedJsonException("an EXACT selection has no count from 1 to 64", "EXACT 选择没有 1 到 64 的数量")
            : new ServiceSelection(selector, (int)Math.Min(count, 64));
    }
}
