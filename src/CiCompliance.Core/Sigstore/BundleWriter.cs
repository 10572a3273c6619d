using System.Globalization;
using System.Text.Json.Nodes;
using CiCompliance.Json;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Sigstore;

/// <summary>Writes the protojson form: zero values left out, int64 as strings, standard base64.</summary>
internal static class BundleWriter
{
    public static byte[] Write(Bundle bundle)
    {
        var material = bundle.Material switch
        {
            SigningMaterial.Key key => new JsonObject { ["publicKey"] = new JsonObject { ["hint"] = key.Hint } },
            SigningMaterial.Certificates { Chain: [var only] } when bundle.Version == BundleVersion.V03 => new JsonObject { ["certificate"] = Raw(only) },
            SigningMaterial.Certificates chain when bundle.Version != BundleVersion.V03 =>
                new JsonObject { ["x509CertificateChain"] = new JsonObject { ["certificates"] = List(chain.Chain, Raw) } },
            _ => throw new InvalidOperationException("a v0.3 bundle holds exactly one certificate"),
        };
        if (bundle.Entries.Count > 0)
        {
            material["tlogEntries"] = List(bundle.Entries, Entry);
        }

        if (bundle.Timestamps.Count > 0)
        {
            material["timestampVerificationData"] = new JsonObject
            {
                ["rfc3161Timestamps"] = List(bundle.Timestamps, timestamp => new JsonObject { ["signedTimestamp"] = Base64(timestamp) }),
            };
        }

        var root = new JsonObject { ["mediaType"] = BundleMediaType.Of(bundle.Version), ["verificationMaterial"] = material };
        switch (bundle.Content)
        {
            case SignedContent.Message message:
                root["messageSignature"] = Message(message);
                break;
            case SignedContent.Dsse dsse:
                root["dsseEnvelope"] = new JsonObject
                {
                    ["payload"] = Base64(dsse.Payload),
                    ["payloadType"] = dsse.PayloadType,
                    ["signatures"] = new JsonArray(new JsonObject { ["sig"] = Base64(dsse.Signature) }),
                };
                break;
            default:
                throw new InvalidOperationException();
        }

        return CanonicalJson.Canonicalize(root);
    }

    private static JsonObject Message(SignedContent.Message message)
    {
        var json = new JsonObject { ["signature"] = Base64(message.Signature) };
        if (message.Digest is { } digest)
        {
            json["messageDigest"] = new JsonObject { ["algorithm"] = digest.Algorithm, ["digest"] = Base64(digest.Value) };
        }

        return json;
    }

    private static JsonObject Entry(LoggedEntry entry)
    {
        var json = new JsonObject
        {
            ["logId"] = new JsonObject { ["keyId"] = Base64(entry.LogId) },
            ["kindVersion"] = new JsonObject { ["kind"] = entry.Kind, ["version"] = entry.Version },
            ["canonicalizedBody"] = Base64(entry.Body),
        };
        Add(json, "logIndex", entry.Index);
        Add(json, "integratedTime", entry.IntegratedTime ?? 0);
        if (entry.SignedEntryTimestamp is { } promise)
        {
            json["inclusionPromise"] = new JsonObject { ["signedEntryTimestamp"] = Base64(promise) };
        }

        if (entry.Proof is { } proof)
        {
            var proven = new JsonObject { ["rootHash"] = Base64(proof.Root) };
            if (proof.Checkpoint.Length > 0)
            {
                proven["checkpoint"] = new JsonObject { ["envelope"] = proof.Checkpoint };
            }

            Add(proven, "logIndex", proof.Index);
            Add(proven, "treeSize", proof.TreeSize);
            if (proof.Hashes.Count > 0)
            {
                proven["hashes"] = List(proof.Hashes, hash => JsonValue.Create(Base64(hash)));
            }

            json["inclusionProof"] = proven;
        }

        return json;
    }

    private static void Add(JsonObject json, string name, long value)
    {
        if (value != 0)
        {
            json[name] = value.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonNode> write) => new([.. items.Select(write)]);

    private static JsonObject Raw(byte[] bytes) => new() { ["rawBytes"] = Base64(bytes) };

    private static string Base64(byte[] bytes) => Convert.ToBase64String(bytes);
}
