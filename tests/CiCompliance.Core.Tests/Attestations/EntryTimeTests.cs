using System.Security.Cryptography;
using CiCompliance.Attestations;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Policy;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Core.Tests.Attestations;

/// <summary>Entries of a Rekor v2 log that look as if the log had given them a time.</summary>
public sealed class EntryTimeTests
{
    private readonly EcdsaTestVerifier verifier = new();

    [Test]
    public async Task Verify_WhenTheLogsKeySignedATimeForAnEntryOfVersion2_Refuses()
    {
        using var log = new EcdsaTestSigner();
        var (bundle, expected) = await LoggedAsync(log);
        var entry = bundle.Entry!;

        Codes(bundle, expected).ShouldBeEmpty();
        Codes(bundle with { Entry = entry with { IntegratedTime = 1_700_000_000, SignedEntryTimestamp = SignedEntryTimestamp.Sign(entry.Body, 1_700_000_000, entry.Index, log) } }, expected)
            .ShouldBe([BundleDiagnostics.BadTimestamp.Code]);
    }

    [Test]
    public async Task Verify_WhenAnEntryOfVersion2HasHalfOfATime_Refuses()
    {
        using var log = new EcdsaTestSigner();
        var (bundle, expected) = await LoggedAsync(log);
        var entry = bundle.Entry!;

        Codes(bundle with { Entry = entry with { IntegratedTime = 1_700_000_000 } }, expected).ShouldBe([BundleDiagnostics.NoTime.Code]);
        Codes(bundle with { Entry = entry with { SignedEntryTimestamp = [1, 2, 3] } }, expected).ShouldBe([BundleDiagnostics.BadTimestamp.Code]);
    }

    private static async Task<(SigstoreBundle Bundle, BundleExpectation Expected)> LoggedAsync(EcdsaTestSigner key)
    {
        using var server = new StubRekorV2(key);
        using var signer = new EcdsaTestSigner();
        using var client = new RekorV2Log(server.Url, null, server.Trusted, new EcdsaTestVerifier(), TimeProvider.System);
        var bundle = SigstoreBundle.ForArtifact(SHA256.HashData([1]), signer.Sign([1]), signer.PublicKey);
        var entries = await client.AppendAsync([bundle.ToEntry(signer.PublicKey, LogApi.V2)], CancellationToken.None);
        return (bundle with { Entry = entries[0] }, new([signer.ToTrustedKey(KeyRole.EvidenceP256)], [server.Trusted]) { TakesRekorV2 = true });
    }

    private IEnumerable<string> Codes(SigstoreBundle bundle, BundleExpectation expected) =>
        new BundleVerifier(verifier).Verify(bundle.ToJson(), expected, "b").Findings.Select(finding => finding.Diagnostic.Code);
}
