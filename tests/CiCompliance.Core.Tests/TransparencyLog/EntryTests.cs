using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CiCompliance.Attestations;
using CiCompliance.Json;
using CiCompliance.Sigstore;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.TransparencyLog;

public sealed class EntryTests
{
    [TestCase("t3.bundle")]
    [TestCase("c3v1.bundle")]
    [TestCase("real2.bundle")]
    public void HashedRekord_IsByteForByteWhatRekorLogged(string name)
    {
        var bundle = SigstoreBundle.Parse(SigstoreVectors.Bundle(name));

        bundle.ToEntry(SigstoreVectors.Signer.PublicKey).Body.ShouldBe(bundle.Entry!.Body);
    }

    [TestCase("att.c3v1.bundle")]
    [TestCase("att.real.bundle")]
    public void Dsse_IsByteForByteWhatRekorLogged(string name)
    {
        var bundle = SigstoreBundle.Parse(SigstoreVectors.Bundle(name));

        bundle.ToEntry(SigstoreVectors.Signer.PublicKey).Body.ShouldBe(bundle.Entry!.Body);
    }

    [TestCase("app.v2.bundle", false)]
    [TestCase("app.v2p.bundle", false)]
    [TestCase("v2ec.bundle", false)]
    [TestCase("att.v2.bundle", true)]
    public void HashedRekord002_IsByteForByteWhatRekorLoggedAndWasSent(string name, bool isCaptured)
    {
        var bundle = SigstoreBundle.Parse(SigstoreVectors.Bundle(name));
        var digest = bundle.Content switch
        {
            SignedContent.Dsse dsse => SHA256.HashData(dsse.SignedBytes),
            SignedContent.Message message => message.Sha256!,
            _ => [],
        };

        var proposed = ProposedEntry.HashedRekord002(digest, bundle.Content.Signature, SigstoreVectors.Signer.PublicKey);

        proposed.Body.ShouldBe(bundle.Entry!.Body);
        if (isCaptured)
        {
            var sent = Encoding.UTF8.GetString(TestVectors.Read("sigstore", "http", "rekor-v2-real-http.log")).Split('\n')
                .Where(line => line.StartsWith("{\"hashedRekordRequestV002\":", StringComparison.Ordinal)).Select(line => Normal(JsonNode.Parse(line)!));
            sent.ShouldContain(Normal(JsonNode.Parse(proposed.Request)!));
        }
    }

    [Test]
    public void Request_IsWhatTheToolsSend()
    {
        var sent = Encoding.UTF8.GetString(TestVectors.Read("sigstore", "http", "rekor-v1-real-http.log")).Split('\n')
            .Where(line => line.StartsWith("{\"apiVersion\":", StringComparison.Ordinal)).ToList();
        foreach (var (name, kind) in new[] { ("real.bundle", "hashedrekord"), ("att.real.bundle", "dsse") })
        {
            var request = JsonNode.Parse(SigstoreBundle.Parse(SigstoreVectors.Bundle(name)).ToEntry(SigstoreVectors.Signer.PublicKey).Request)!;

            sent.Where(line => line.Contains($"\"kind\":\"{kind}\"", StringComparison.Ordinal))
                .Select(line => Normal(JsonNode.Parse(line)!)).ShouldContain(Normal(request));
        }
    }

    [TestCase("""{"apiVersion":"0.0.1","kind":"dsse","spec":{}}""")]
    [TestCase("""{"apiVersion":"0.0.2","kind":"dsse","spec":{"envelopeHash":{"algorithm":"sha256","value":"00"},"payloadHash":{"algorithm":"sha256","value":"00"},"signatures":[]}}""")]
    [TestCase("not json")]
    public void Parse_WhenABodyHasAnotherForm_Refuses(string body) =>
        Should.Throw<JsonException>(() => EntryBody.Parse("dsse", "0.0.1", Encoding.UTF8.GetBytes(body)));

    [Test]
    public void Parse_WhenABodyIsOfAnotherKindOrNotCanonical_Refuses()
    {
        var body = TestLog.SomeEntry().Body;

        EntryBody.Parse("hashedrekord", "0.0.1", body).Kind.ShouldBe("hashedrekord");
        Should.Throw<JsonException>(() => EntryBody.Parse("dsse", "0.0.1", body));
        Should.Throw<JsonException>(() => EntryBody.Parse("hashedrekord", "0.0.2", body));
        Should.Throw<JsonException>(() => EntryBody.Parse("dsse", "0.0.2", body));
        Should.Throw<JsonException>(() => EntryBody.Parse("intoto", "0.0.1", body));
        Should.Throw<JsonException>(() => EntryBody.Parse("hashedrekord", "0.0.1", [.. body, (byte)' ']));
    }

    /// <summary>Without the null members that Go writes and nobody reads.</summary>
    private static string Normal(JsonNode request)
    {
        if (request["spec"] is JsonObject spec && spec.ContainsKey("signatures") && spec["signatures"] is null)
        {
            spec.Remove("signatures");
        }

        return Encoding.UTF8.GetString(CanonicalJson.Canonicalize(request));
    }
}
