using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Json;
using CiCompliance.Sigstore;

namespace CiCompliance.TransparencyLog;

/// <summary>
/// A Sigstore signing config v0.2 (sigstore/protobuf-specs): which logs take a signature. Its other services (Fulcio, OIDC,
/// time-stamping authorities) are not used: an authority is named by the policy (<c>log.timestamp-authority</c>).
/// </summary>
public sealed record SigningConfig(IReadOnlyList<SigningService> Logs, ServiceChoice LogChoice)
{
    public const string MediaType = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
    public const int MaxBytes = 1 << 20;

    private const int MaxServices = 64;

    /// <exception cref="JsonException">Not exactly such a config.</exception>
    public static SigningConfig Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes)
        {
            throw new LocalizedJsonException("a signing config is larger than allowed", "signing config 过大");
        }

        var config = StrictJson.Parse(json, SigningConfigContext.Default.SigningConfigJson);
        return config.MediaType == MediaType
            ? new(Services(config.RekorTlogUrls), Choice(config.RekorTlogConfig))
            : throw new LocalizedJsonException($"the media type is not {MediaType}", $"媒体类型不是 {MediaType}");
    }

    /// <summary>
    /// What the config wants used now: of each operator its service of the highest version that is supported, in the config's order. One of
    /// them for <see cref="ServiceSelector.Any"/>, all for All, the count for Exact.
    /// </summary>
    /// <param name="supported">Versions of the interface that the caller speaks.</param>
    /// <exception cref="FormatException">There are fewer than the config demands, or none.</exception>
    public static IReadOnlyList<SigningService> Select(
        IReadOnlyList<SigningService> services, ServiceChoice choice, IReadOnlyCollection<int> supported, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(choice);
        var usable = services.Where(service => supported.Contains(service.Version) && service.ValidFor.Contains(now))
            .GroupBy(service => service.Operator, StringComparer.Ordinal)
            .Select(group => group.OrderByDescending(service => service.Version).ThenByDescending(service => service.ValidFor.Start).First())
            .ToList();
        var wanted = choice.Selector switch
        {
            ServiceSelector.Any => 1,
            ServiceSelector.All => Math.Max(1, usable.Count),
            ServiceSelector.Exact => choice.Count,
            _ => throw new LocalizedFormatException("it does not say how many services are to be used", "未指明应使用多少个服务"),
        };
        return usable.Count >= wanted
            ? [.. usable.Take(wanted)]
            : throw new LocalizedFormatException(
                $"it wants {wanted} services, and has {usable.Count} that are valid now and of a version that is spoken here",
                $"其要求 {wanted} 个服务,而当前有效且版本受支持的有 {usable.Count} 个");
    }

    private static IReadOnlyList<SigningService> Services(IReadOnlyList<SigningServiceJson>? services) =>
        services is { Count: > MaxServices }
            ? throw new LocalizedJsonException("it has more services than anybody has", "服务过多")
            : [.. (services ?? []).Select(service => service.ToService())];

    private static ServiceChoice Choice(ServiceChoiceJson? choice) => choice?.ToChoice() ?? new(ServiceSelector.None, 0);
}

/// <param name="Version">Major version of the service's interface.</param>
/// <param name="Operator">Who runs it; services of one operator stand for each other.</param>
public sealed record SigningService(string Url, int Version, ValidityWindow ValidFor, string Operator);

/// <param name="Count">For <see cref="ServiceSelector.Exact"/>; otherwise 0.</param>
public sealed record ServiceChoice(ServiceSelector Selector, int Count);

public enum ServiceSelector
{
    /// <summary>Not said: nothing may be selected.</summary>
    None,
    All,
    Any,
    Exact,
}

internal sealed record SigningConfigJson(
    string MediaType,
    IReadOnlyList<SigningServiceJson>? CaUrls = null,
    IReadOnlyList<SigningServiceJson>? OidcUrls = null,
    IReadOnlyList<SigningServiceJson>? RekorTlogUrls = null,
    ServiceChoiceJson? RekorTlogConfig = null,
    IReadOnlyList<SigningServiceJson>? TsaUrls = null,
    ServiceChoiceJson? TsaConfig = null);

internal sealed record SigningServiceJson(string Url, int MajorApiVersion, ServicePeriodJson ValidFor, string Operator = "")
{
    public SigningService ToService() => Url.Length is > 0 and <= 1024 && MajorApiVersion > 0
        ? new(Url, MajorApiVersion, new ValidityWindow(ValidFor.Start, ValidFor.End), Operator)
        : throw new LocalizedJsonException("a service has no address or no version", "某服务缺少地址或版本");
}

internal sealed record ServicePeriodJson(DateTimeOffset Start, DateTimeOffset? End = null);

internal sealed record ServiceChoiceJson(string Selector = "", int Count = 0)
{
    public ServiceChoice ToChoice() => (Selector, Count) switch
    {
        ("" or "SERVICE_SELECTOR_UNDEFINED", 0) => new(ServiceSelector.None, 0),
        ("ALL", 0) => new(ServiceSelector.All, 0),
        ("ANY", 0) => new(ServiceSelector.Any, 0),
        ("EXACT", > 0) => new(ServiceSelector.Exact, Count),
        _ => throw new LocalizedJsonException("a selector is not ANY, ALL, or EXACT with a count", "选择方式应为 ANY、ALL 或带数量的 EXACT"),
    };
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SigningConfigJson))]
internal sealed partial class SigningConfigContext : JsonSerializerContext;
