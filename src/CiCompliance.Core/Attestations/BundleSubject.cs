using System.Text.Json;
using CiCompliance.Json;
using CiCompliance.Sigstore;

namespace CiCompliance.Attestations;

/// <summary>Compares what a bundle is about with what was expected.</summary>
internal static class BundleSubject
{
    /// <summary>What differs, or null.</summary>
    public static LocalizedText? Mismatch(SignedContent content, BundleExpectation expected) => content switch
    {
        SignedContent.Message when expected.Payload is not null =>
            new("it signs an artefact, not a statement", "其签名对象是制品而非声明"),
        SignedContent.Message message when expected.ArtifactSha256 is { } digest && !message.Sha256.AsSpan().SequenceEqual(digest) =>
            new("it is for an artefact with another SHA-256", "其对应的制品 SHA-256 不同"),
        SignedContent.Dsse dsse when dsse.PayloadType != expected.PayloadType =>
            new($"its payload type is '{dsse.PayloadType}', not '{expected.PayloadType}'", $"载荷类型为 '{dsse.PayloadType}',应为 '{expected.PayloadType}'"),
        SignedContent.Dsse dsse when expected.Payload is { } payload && !dsse.Payload.AsSpan().SequenceEqual(payload) =>
            new("its payload is not the expected one", "载荷与预期不同"),
        SignedContent.Dsse dsse when expected.ArtifactSha256 is { } digest && !HasSubject(dsse.Payload, digest) =>
            new("its statement has no subject with the artefact's SHA-256", "声明中没有 SHA-256 与该制品相同的主体"),
        _ => null,
    };

    /// <summary>Statements of other tools too (v0.1, no digests of ours), so only subjects are read, strictly by their digest.</summary>
    internal static bool HasSubject(byte[] statement, byte[] sha256)
    {
        var wanted = Convert.ToHexStringLower(sha256);
        try
        {
            var reader = new Utf8JsonReader(statement, new JsonReaderOptions { MaxDepth = StrictJson.MaxDepth });
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("subject", out var subjects) && subjects.ValueKind == JsonValueKind.Array
                && subjects.EnumerateArray().Any(subject => subject.ValueKind == JsonValueKind.Object
                    && subject.TryGetProperty("digest", out var digest) && digest.ValueKind == JsonValueKind.Object
                    && digest.TryGetProperty("sha256", out var value) && value.ValueKind == JsonValueKind.String && value.GetString() == wanted);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second: a text that is no valid Unicode.
            return false;
        }
    }
}
