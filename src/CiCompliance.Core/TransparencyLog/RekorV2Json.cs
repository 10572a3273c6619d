using System.Text.Json;
using System.Text.Json.Serialization;

namespace CiCompliance.TransparencyLog;

/// <summary>What a Rekor v2 server says where it refuses (google.rpc.Status).</summary>
internal sealed record RekorV2ErrorJson(string Message);

/// <summary>A member that a newer server adds is skipped: only its words for people are used.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(RekorV2ErrorJson))]
internal sealed partial class RekorV2Context : JsonSerializerContext;
