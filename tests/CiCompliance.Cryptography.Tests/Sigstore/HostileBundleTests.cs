using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CiCompliance.Diagnostics;
using CiCompliance.Sigstore;
using CiCompliance.Testing;
using CiCompliance.Testing.Sigstore;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Cryptography.Tests.Sigstore;

/// <summary>Whoever sends the bundle decides every byte of it: it ends with a verdict all the same, and never with a pass.</summary>
public sealed class HostileBundleTests : BundleRules
{
    private const int Tries = 150;

    private readonly IssuedCertificate signer = World.Issue();

    [Test]
    public void Verify_WhenAnyByteOfAPartIsChanged_Refuses()
    {
        var random = new DeterministicBytes(20260301);
        var content = TestSigstore.Message(signer.Key);
        var bundle = World.SignV1(signer, content);
        var entry = bundle.Entries[0];
        var proof = entry.Proof!;
        Func<Func<byte[], byte[]>, Bundle>[] parts =
        [
            change => bundle with { Material = new SigningMaterial.Certificates([change(signer.Der)]) },
            change => bundle with { Content = content with { Signature = change(content.Signature) } },
            change => With(entry with { Body = change(entry.Body) }),
            change => With(entry with { LogId = change(entry.LogId) }),
            change => With(entry with { SignedEntryTimestamp = change(entry.SignedEntryTimestamp!) }),
            change => With(entry with { Proof = proof with { Root = change(proof.Root) } }),
            change => With(entry with { Proof = proof with { Hashes = [change(proof.Hashes[0])] } }),
            change => With(entry with { Proof = proof with { Checkpoint = Encoding.Latin1.GetString(change(Encoding.Latin1.GetBytes(proof.Checkpoint.Replace('\u2014', '-')))).Replace('-', '\u2014') } }),
        ];

        foreach (var part in parts)
        {
            for (var i = 0; i < Tries; i++)
            {
                var changed = part(bytes => Change(bytes, random));
                new SigstoreVerifier(World.Root, new SignatureVerifier(), new TimestampTokens(), TimeProvider.System)
                    .Verify(changed.ToJson(), new(Holder, SignedArtifact.Of(TestSigstore.Artifact)), "b").Verdict.ShouldNotBe(Verdict.Pass);
            }
        }

        Bundle With(LoggedEntry changed) => bundle with { Entries = [changed] };
    }

    [Test]
    public void Verify_WhenAnyByteOfATokenIsChanged_EndsWithAVerdict()
    {
        var random = new DeterministicBytes(20260302);
        var bundle = World.SignV2(signer, TestSigstore.Message(signer.Key));
        var passed = 0;
        for (var i = 0; i < 4 * Tries; i++)
        {
            var answer = Verify(bundle with { Timestamps = [Change(bundle.Timestamps[0], random)] });
            if (answer.Verdict == Verdict.Pass)
            {
                // A byte that nobody signs; the time is signed.
                answer.Times.ShouldBe([TestSigstore.SignedAt]);
                passed++;
            }
        }

        passed.ShouldBeLessThan(Tries);
    }

    [Test]
    public void Verify_WhenAnyCharacterOfTheTextIsChanged_EndsWithAVerdict()
    {
        var random = new DeterministicBytes(20260303);
        var bundle = World.SignV2(signer, TestSigstore.Envelope(signer.Key)).ToJson();
        for (var i = 0; i < 4 * Tries; i++)
        {
            Should.NotThrow(() => VerifyBytes(Change(bundle, random)));
        }
    }

    [Test]
    public void Verify_WhenNamesAreLongOrMadeForATerminal_ShowsThemShortAndPlain()
    {
        var bundle = World.SignV2(signer, TestSigstore.Message(signer.Key));
        var name = "\u001b[31m" + new string('x', 1 << 20);
        var node = JsonNode.Parse(bundle.ToJson())!;
        node[name] = 1;
        var type = JsonNode.Parse(bundle.ToJson())!;
        type["mediaType"] = name;

        var answers = new[]
        {
            VerifyBytes(Encoding.UTF8.GetBytes(node.ToJsonString())), VerifyBytes(Encoding.UTF8.GetBytes(type.ToJsonString())),
            Verify(bundle with { Entries = [bundle.Entries[0] with { Kind = name }] }),
            Verify(World.SignV2(signer, TestSigstore.Envelope(signer.Key, type: name))),
        };

        foreach (var text in answers.SelectMany(answer => answer.Findings).SelectMany(finding => new[] { finding.What.En, finding.What.Zh }))
        {
            text.Length.ShouldBeLessThan(600);
            text.ShouldNotContain('\u001b');
        }
    }

    [Test]
    public void Verify_WhenEveryListIsFull_EndsWithAVerdict()
    {
        var bundle = World.SignV2(signer, TestSigstore.Message(signer.Key));
        var token = World.Tsa.Stamp(bundle.Content.Signature, TestSigstore.SignedAt);

        ShouldPass(Verify(bundle with
        {
            Entries = [.. Enumerable.Repeat(bundle.Entries[0], Bundle.MaxEntries)],
            Timestamps = [.. Enumerable.Repeat(token, Bundle.MaxTimestamps)],
        }));
        ShouldBeRefused(Verify(bundle with { Entries = [.. Enumerable.Repeat(bundle.Entries[0], Bundle.MaxEntries + 1)] }), "CIC2100");
        ShouldBeRefused(Verify(bundle with { Timestamps = [.. Enumerable.Repeat(token, Bundle.MaxTimestamps + 1)] }), "CIC2100");
        ShouldBeRefused(Verify(bundle with { Entries = [bundle.Entries[0] with { Body = new byte[(1 << 20) + 1] }] }), "CIC2100");
        ShouldBeRefused(Verify(bundle with { Entries = [bundle.Entries[0] with { Proof = bundle.Entries[0].Proof! with { Checkpoint = new string('x', 17 << 10) } }] }), "CIC2111");
    }

    [Test]
    public void Verify_OfAHugeChain_EndsWithAVerdict()
    {
        // Ten certificates that each could be the issuer of the next, in any order.
        using var key = RSA.Create(8192);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=test intermediate", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new System.Security.Cryptography.X509Certificates.X509BasicConstraintsExtension(true, false, 0, true));
        var generator = System.Security.Cryptography.X509Certificates.X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1);
        var chain = Enumerable.Range(0, Bundle.MaxCertificates - 1).Select(i =>
            request.Create(new("CN=test root"), generator, World.Fulcio.From, World.Fulcio.From.AddYears(1), [1, (byte)i]).RawData);
        var bundle = World.SignV1(signer, TestSigstore.Message(signer.Key)) with { Version = BundleVersion.V02, Material = new SigningMaterial.Certificates([signer.Der, .. chain]) };

        // The trusted intermediate of the same name still leads to the root.
        ShouldPass(Verify(bundle));
        ShouldBeRefused(Verify(bundle, World.Root with { CertificateAuthorities = [World.Fulcio.Trusted with { Chain = [World.Fulcio.Root] }] }), "CIC2112");
    }

    private static byte[] Change(byte[] bytes, DeterministicBytes random)
    {
        byte[] changed = [.. bytes];
        var at = random.Next(changed.Length);
        changed[at] ^= (byte)(1 << random.Next(8));
        return changed;
    }
}
