using System.Text.Json;
using System.Text.Json.Serialization;
using CiCompliance.Attestations;

namespace CiCompliance.TransparencyLog;

/// <summary>What a Rekor v2 server says where it refuses (google.rpc.Status).</summary>
internal sealed record RekorV2ErrorJson(string Message);

/// <summary>
/// The answer to <c>POST /api/v2/log/entries</c> is an entry as bundles have it. A member that a newer server adds is skipped: whatever is
/// used is verified against the log's key.
/// </summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(TlogEntryJson))]
[JsonSerializable(typeof(RekorV2ErrorJson))]
internal sealed partial class RekorV2Context : JsonSerializerContext;
