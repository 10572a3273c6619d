using CiCompliance.Json;

namespace CiCompliance.Sigstore;

/// <summary>When a key or an authority counts; both ends belong to it (<c>TimeRange</c> of sigstore_common.proto).</summary>
/// <param name="End">Null: still.</param>
public sealed record ValidityWindow(DateTimeOffset Start, DateTimeOffset? End)
{
    public bool Contains(DateTimeOffset time) => time >= Start && !(time > End);

    /// <exception cref="System.Text.Json.JsonException">It has no start: what lacks its bound is not unbounded.</exception>
    internal static ValidityWindow Read(ProtoObject range) => new(range.Time("start") ?? throw range.Missing("start"), range.Time("end"));
}
