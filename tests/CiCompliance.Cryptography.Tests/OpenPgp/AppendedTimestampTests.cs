using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.OpenPgp;

/// <summary>What OpenTimestamps' git wrapper leaves in a commit: gpg's signature, and behind it a block of its own that gpg passes over.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AppendedTimestampTests : IDisposable
{
    private const string Timestamp = "-----BEGIN OPENTIMESTAMPS GIT TIMESTAMP-----\n\nAQHwIAAB\n-----END OPENTIMESTAMPS GIT TIMESTAMP-----\n";

    private static readonly byte[] Payload = [.. "tree"u8];

    private readonly GpgHome gpg = new();
    private readonly TrustedKey key;

    public AppendedTimestampTests()
    {
        var fingerprint = gpg.Generate("one@example.cn", "ed25519");
        key = new(fingerprint, "dev", KeyRole.Committer, KeyAlgorithm.OpenPgp, gpg.Export(fingerprint), []);
    }

    public void Dispose() => gpg.Dispose();

    [Test]
    public void Verify_WhenATimestampFollows_JudgesTheSignatureAsGpgDoes()
    {
        var signature = gpg.Sign(key.Id, Payload);
        foreach (var armour in new[] { Append(signature, Timestamp), Append(signature, "\n" + Timestamp), Append(signature, Timestamp.TrimEnd('\n')) })
        {
            Verify(armour, Payload).ShouldBeNull();
            GpgAccepts(armour, Payload).ShouldBeTrue();
            Verify(armour, [.. "trees"u8]).ShouldBe(SourceDiagnostics.BadSignature);
            GpgAccepts(armour, [.. "trees"u8]).ShouldBeFalse();
            new ObjectSignatureVerifier().Verify(SignatureFormat.OpenPgp, armour, Payload, []).Diagnostic.ShouldBe(SourceDiagnostics.UnknownKey);
        }
    }

    [Test]
    public void Verify_WhenAnythingElseFollows_Fails()
    {
        var signature = gpg.Sign(key.Id, Payload);
        var other = Encoding.ASCII.GetString(gpg.Sign(key.Id, [.. "other"u8]));
        string[] tails =
        [
            "text", other, Timestamp + other, other + Timestamp, Timestamp + Timestamp, Timestamp + "text", "text\n" + Timestamp,
            Timestamp[..^5], Timestamp.Replace("\n\nAQHwIAAB", "\n" + other, StringComparison.Ordinal), Timestamp.Replace("OPENTIMESTAMPS GIT", "OTHER", StringComparison.Ordinal),
        ];
        foreach (var tail in tails)
        {
            Verify(Append(signature, tail), Payload).ShouldBe(SourceDiagnostics.BadSignature, tail);
        }

        Verify([.. Encoding.ASCII.GetBytes(Timestamp), .. signature], Payload).ShouldBe(SourceDiagnostics.BadSignature);
    }

    private static byte[] Append(byte[] signature, string tail) => [.. signature, .. Encoding.ASCII.GetBytes(tail)];

    private Diagnostic? Verify(byte[] armour, byte[] payload) =>
        new ObjectSignatureVerifier().Verify(SignatureFormat.OpenPgp, armour, payload, [key]).Diagnostic;

    private bool GpgAccepts(byte[] armour, byte[] payload)
    {
        using var folder = new TempDirectory();
        var file = Path.Combine(folder.Path, "signature");
        File.WriteAllBytes(file, armour);
        return Peer.TryRun("gpg", ["--batch", "--verify", file, "-"], gpg.Environment, payload).ExitCode == 0;
    }
}
