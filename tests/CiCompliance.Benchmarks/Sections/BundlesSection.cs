using System.Diagnostics;
using System.Security.Cryptography;
using CiCompliance.Benchmarks.Measuring;
using CiCompliance.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Sigstore;
using CiCompliance.Testing;
using CiCompliance.Testing.Sigstore;

namespace CiCompliance.Benchmarks.Sections;

/// <summary>Verification of Sigstore bundles: whole processes over cosign's, and per bundle in one process.</summary>
internal sealed class BundlesSection(Setting setting) : ISection
{
    private const int ProcessRounds = 15;
    private const int Rounds = 5;

    // Until the compiler has seen what is hot, which on a busy machine takes a while.
    private const int WarmUpCalls = 4000;
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(1);

    public string Name => "bundles";

    public void Run(TextWriter output)
    {
        output.WriteLine("verify bundle over cosign verify-blob, whole processes, a key and a Rekor v1 entry (goal: within 2 times)");
        var (root, key) = (TestVectors.PathOf("sigstore", "trust", "tr-v1n.json"), TestVectors.PathOf("sigstore", "keys", "signer.pub"));
        var (bundle, artifact) = (TestVectors.PathOf("sigstore", "bundles", "c3v1.bundle"), TestVectors.PathOf("sigstore", "artifacts", "c3v1"));
        List<Command> commands = [new("cicompliance verify bundle", setting.Tool, ["verify", "bundle", "--bundle", bundle, "--key", key, "--trusted-root", root, artifact])];
        foreach (var name in new[] { "cosign2", "cosign3" })
        {
            if (Peers.Find(name) is { } cosign)
            {
                commands.Add(new Command($"{name} verify-blob", cosign,
                    ["verify-blob", "--bundle", bundle, "--key", key, "--trusted-root", root, .. name == "cosign2" ? (string[])["--new-bundle-format"] : [], artifact]));
            }
        }

        var comparison = Comparison.Run(ProcessRounds, commands);
        comparison.Print(output);
        Enumerable.Range(1, commands.Count - 1).ToList().ForEach(over => output.WriteLine($"  over {commands[over].Label}: {comparison.Ratio(0, over):F2}"));

        output.WriteLine("per bundle in one process, one thread, by processor time, so that what else the machine does counts less (goal: 2,000 a second and core with a key)");
        var managed = ExpectedSigner.Key.TryReadPem(File.ReadAllText(key))!;
        MeasureRate(output, "three ECDSA P-256 verifications alone", Signatures());
        Measure(output, "key, Rekor v1", TrustedRoot.Parse(File.ReadAllBytes(root)), File.ReadAllBytes(bundle), new(managed, SignedArtifact.Of(File.ReadAllBytes(artifact))));
        Measure(output, "key, attestation, Rekor v1", TrustedRoot.Parse(File.ReadAllBytes(root)), SigstoreVectors.Bundle("att.c3v1.bundle"),
            new(managed, SignedArtifact.Of(File.ReadAllBytes(artifact))));
        Measure(output, "key, Rekor v2 (Ed25519)", TrustedRoot.Parse(TestVectors.Read("sigstore", "trust", "tr-v2.json")), SigstoreVectors.Bundle("app.v2.bundle"),
            new(managed, SignedArtifact.Of(SigstoreVectors.Artifact("app"))));
        var world = new TestSigstore();
        var issued = world.Issue();
        var expected = new SigstoreExpectation(new ExpectedSigner.Identity(TestSigstore.Identity, TestSigstore.Issuer), SignedArtifact.Of(TestSigstore.Artifact));
        Measure(output, "certificate, Rekor v1", world.Root, world.SignV1(issued, TestSigstore.Message(issued.Key)).ToJson(), expected);
        Measure(output, "certificate, Rekor v2, time stamp", world.Root, world.SignV2(issued, TestSigstore.Message(issued.Key)).ToJson(), expected);
    }

    private static void Measure(TextWriter output, string label, TrustedRoot root, byte[] bundle, SigstoreExpectation expected)
    {
        var verifier = new SigstoreVerifier(root, new SignatureVerifier(), new TimestampTokens(), TimeProvider.System);
        MeasureRate(output, label, () => verifier.Verify(bundle, expected, "bundle").Verdict == Verdict.Pass);
    }

    /// <summary>What a bundle with a key and a Rekor v1 entry cannot do without: its own, the log's promise and the checkpoint.</summary>
    private static Func<bool> Signatures()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var digest = SHA256.HashData([]);
        var signature = key.SignHash(digest, DSASignatureFormat.Rfc3279DerSequence);
        return () => Enumerable.Range(0, 3).All(_ => key.VerifyHash(digest, signature, DSASignatureFormat.Rfc3279DerSequence));
    }

    private static void MeasureRate(TextWriter output, string label, Func<bool> verify)
    {
        var start = Stopwatch.GetTimestamp();
        for (var calls = 0; calls < WarmUpCalls && Stopwatch.GetElapsedTime(start) < WarmUpTime; calls++)
        {
            verify();
        }

        var rates = Enumerable.Range(0, Rounds).Select(_ => Rate(verify)).Order().ToList();
        output.WriteLine($"  {label,-44} median {rates[Rounds / 2],7:F0} a second   slowest {rates[0],7:F0}");
    }

    private static double Rate(Func<bool> verify)
    {
        var start = Stopwatch.GetTimestamp();
        var spent = Environment.CpuUsage.TotalTime;
        var count = 0;
        for (; Stopwatch.GetElapsedTime(start) < RoundTime; count++)
        {
            if (!verify())
            {
                throw new InvalidOperationException("a good bundle was refused");
            }
        }

        return count / (Environment.CpuUsage.TotalTime - spent).TotalSeconds;
    }
}
