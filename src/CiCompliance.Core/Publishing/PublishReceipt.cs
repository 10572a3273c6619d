using System.Text.Json.Serialization;
using CiCompliance.Json;

namespace CiCompliance.Publishing;

/// <summary>What was published where, beside the evidence folder (<c>DIR.published.json</c>): the folder itself is never changed.</summary>
public sealed record PublishReceipt(int Version, DateTimeOffset At, string? Repository, string? RunUrl, VerdictDocument Verdict, IReadOnlyList<PublishedItem> Items)
{
    public void Write(string path) => PublishedFile.Write(path, CanonicalJson.Serialize(this, ReceiptContext.Default.PublishReceipt));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(PublishReceipt))]
internal sealed partial class ReceiptContext : JsonSerializerContext;
