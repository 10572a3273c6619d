using System.Text.Json.Nodes;
using CiCompliance.Json;

namespace CiCompliance.Sigstore;

/// <summary>A certificate authority or a time-stamping authority (<c>CertificateAuthority</c>).</summary>
/// <param name="Chain">DER, the root last; of a time-stamping authority its own certificate may stand first. Never empty.</param>
/// <param name="ValidFor">When the whole chain counts, whatever the certificates say besides.</param>
public sealed record TrustedAuthority(string Uri, IReadOnlyList<byte[]> Chain, ValidityWindow ValidFor)
{
    internal static TrustedAuthority Read(ProtoObject authority, int maxChain)
    {
        authority.Object("subject", subject => subject.Text("organization") + subject.Text("commonName"));
        authority.Text("operator");
        var uri = authority.Text("uri");
        var chain = authority.Object("certChain",
            value => value.List("certificates", maxChain, certificate => certificate.NeededBytes("rawBytes"))) ?? [];
        var window = authority.Object("validFor", ValidityWindow.Read) ?? throw authority.Missing("validFor");
        return chain.Count > 0 ? new TrustedAuthority(uri, chain, window) : throw authority.Missing("certChain");
    }

    internal JsonObject ToJson() => new()
    {
        ["uri"] = Uri,
        ["certChain"] = new JsonObject
        {
            ["certificates"] = new JsonArray([.. Chain.Select(certificate => new JsonObject { ["rawBytes"] = Convert.ToBase64String(certificate) })]),
        },
        ["validFor"] = TrustedLog.WindowJson(ValidFor),
    };
}
