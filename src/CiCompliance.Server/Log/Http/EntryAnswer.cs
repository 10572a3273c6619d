using System.Text.Json;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Log.Http;

/// <summary>A logged entry as each API gives it.</summary>
internal static class EntryAnswer
{
    /// <summary>Rekor v1: a map of one, from its UUID; numbers are numbers, hashes hex.</summary>
    public static void WriteV1(Utf8JsonWriter writer, LogService log, long entry, byte[] body, long integratedTime, LogHead head)
    {
        var proof = log.Store.InclusionProof(entry, head.Checkpoint);
        writer.WriteStartObject();
        writer.WriteStartObject(log.UuidOf(entry));
        writer.WriteBase64String("body", body);
        writer.WriteNumber("integratedTime", integratedTime);
        writer.WriteString("logID", log.Store.LogId);
        writer.WriteNumber("logIndex", entry);
        writer.WriteStartObject("verification");
        writer.WriteStartObject("inclusionProof");
        writer.WriteString("checkpoint", head.V1);
        writer.WriteStartArray("hashes");
        foreach (var hash in proof.Hashes)
        {
            writer.WriteStringValue(Convert.ToHexStringLower(hash));
        }

        writer.WriteEndArray();
        writer.WriteNumber("logIndex", entry);
        writer.WriteString("rootHash", Convert.ToHexStringLower(proof.Root));
        writer.WriteNumber("treeSize", proof.TreeSize);
        writer.WriteEndObject();
        writer.WriteBase64String("signedEntryTimestamp", log.Store.SignTimestamp(body, integratedTime, entry));
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>protojson of <c>dev.sigstore.rekor.v1.TransparencyLogEntry</c> as Rekor v2 fills it: no time and no promise.</summary>
    public static void WriteV2(Utf8JsonWriter writer, LogService log, long entry, byte[] body, LogHead head)
    {
        var proof = log.Store.InclusionProof(entry, head.Checkpoint);
        writer.WriteStartObject();
        writer.WriteString("logIndex", Text(entry));
        writer.WriteStartObject("logId");
        writer.WriteBase64String("keyId", Convert.FromHexString(log.Store.LogId));
        writer.WriteEndObject();
        writer.WriteStartObject("kindVersion");
        writer.WriteString("kind", EntryBody.HashedRekord);
        writer.WriteString("version", EntryBody.Version002);
        writer.WriteEndObject();
        writer.WriteString("integratedTime", "0");
        writer.WriteNull("inclusionPromise");
        writer.WriteStartObject("inclusionProof");
        writer.WriteString("logIndex", Text(entry));
        writer.WriteBase64String("rootHash", proof.Root);
        writer.WriteString("treeSize", Text(proof.TreeSize));
        writer.WriteStartArray("hashes");
        foreach (var hash in proof.Hashes)
        {
            writer.WriteBase64StringValue(hash);
        }

        writer.WriteEndArray();
        writer.WriteStartObject("checkpoint");
        writer.WriteString("envelope", head.V2);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteBase64String("canonicalizedBody", body);
        writer.WriteEndObject();
    }

    // protojson writes 64-bit integers as strings.
    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
