using System.Text;
using CiCompliance.Cryptography.Tests.OpenPgp;
using CiCompliance.Cryptography.Tests.Ssh;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.Mutations;

/// <summary>Inputs that state more than they hold, go in circles, or repeat what costs time: refused at once, and by what they are, not by what they state.</summary>
public sealed class HugeInputTests
{
    private static readonly byte[] Hundred = [.. Enumerable.Repeat((byte)1, 90)];

    private readonly Watchdog watchdog = new();

    // The packet that a signature is expected in, by what stands there instead: code, and bytes behind the armour.
    private static IEnumerable<TestCaseData> Packets()
    {
        using var forge = new PgpForge();
        var good = forge.Sign(0, [1], [forge.Issuer(), PgpForge.Created(PgpForge.Born)]);
        yield return Case("CIC1003", "stated 100 MB", [0xC2, 0xFF, 0x05, 0xF5, 0xE1, 0x00, .. Hundred]);
        yield return Case("CIC1003", "stated 4 GiB", [0xC2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, .. Hundred]);
        yield return Case("CIC1003", "stated 100 MB, old form", [0x8A, 0x05, 0xF5, 0xE1, 0x00, .. Hundred]);
        yield return Case("CIC1003", "indeterminate length", [0x8B, .. good]);
        yield return Case("CIC1003", "one partial length", [0xC2, 0xE1, good[0], good[1], (byte)(good.Length - 2), .. good[2..]]);
        yield return Case("CIC1003", "partial lengths without end", [0xC2, .. Enumerable.Repeat((byte)0xE0, 30_000)]);
        yield return Case("CIC1003", "a hashed area of 64 KiB", PgpForge.Packet(2, [4, 0, 27, 8, 0xFF, 0xFF, .. Hundred]));
        yield return Case("CIC1003", "a subpacket of 100 MB", PgpForge.Packet(2, [4, 0, 27, 8, 0, 6, 0xFF, 0x05, 0xF5, 0xE1, 0x00, 2, 0, 0, 0, 0]));
        yield return Case("CIC1003", "empty subpackets", PgpForge.Packet(2, [4, 0, 27, 8, 0x3A, 0x98, .. Enumerable.Repeat((byte)0, 15_000), 0, 0, 0, 0]));
        yield return Case("CIC1003", "a thousand subpackets", PgpForge.Packet(2, [4, 0, 27, 8, 0x07, 0xD0, .. Enumerable.Repeat<byte[]>([1, 100], 1_000).SelectMany(sub => sub), 0, 0, 0, 0]));
        yield return Case("CIC1003", "a signature embedded in itself 800 times", PgpForge.Packet(2, Embedded(good, 800)));
        yield return Case("CIC1005", "empty packets", [.. Enumerable.Repeat<byte[]>([0xC2, 0], 20_000).SelectMany(packet => packet)]);
        yield return Case("CIC1005", "marker packets before the signature", [.. Enumerable.Repeat(PgpForge.Packet(10, [.. "PGP"u8]), 1_000).SelectMany(packet => packet), .. PgpForge.Packet(2, good)]);
        yield return Case("CIC1005", "a compressed packet", PgpForge.Packet(8, [0, 1, 2, 0, 0xFD, 0xFF, .. PgpForge.Packet(2, good)]));
        yield return Case("CIC1005", "compressed packets in each other", Enumerable.Range(0, 1_000).Aggregate(PgpForge.Packet(2, good), (inner, _) => PgpForge.Packet(8, [0, .. inner])));

        static TestCaseData Case(string code, string name, byte[] packets) => new TestCaseData(packets, code).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Packets))]
    public void Verify_OfAnOpenPgpSignature_RefusesIt(byte[] packets, string code) =>
        Verify(SignatureFormat.OpenPgp, OpenPgpVerifierTests.Armor(packets)).ShouldBe(code);

    [TestCase(0, Description = "the key")]
    [TestCase(1, Description = "the namespace")]
    [TestCase(4, Description = "the signature")]
    public void Verify_WhenAnSshFieldStates100Megabytes_Fails(int field)
    {
        byte[][] fields = [SshForge.Text("key"), SshForge.Text("git"), SshForge.Text(""), SshForge.Text("sha512"), SshForge.Text("signature")];
        fields[field] = [0x05, 0xF5, 0xE1, 0x00, .. Hundred];
        Verify(SignatureFormat.Ssh, SshHome.Armour([.. "SSHSIG"u8, .. SshForge.Number(1), .. fields.SelectMany(each => each)])).ShouldBe("CIC1003");
    }

    [TestCase("-----BEGIN SIGNED MESSAGE-----\n", "-----END SIGNED MESSAGE-----\n")]
    [TestCase("-----BEGIN A-----\n", "-----END SIGNED MESSAGE-----\n")]
    public void Verify_WhenThePemBeginsAgainAndAgain_Fails(string begin, string end)
    {
        var text = "-----BEGIN SIGNED MESSAGE-----\n" + string.Concat(Enumerable.Repeat(begin, 8_000)) + end;
        Verify(SignatureFormat.Cms, Encoding.ASCII.GetBytes(text)).ShouldBe("CIC1003");
    }

    [Test]
    public void Verify_WhenTheDerIsDeepOrStatesMore_Fails()
    {
        byte[] deep = [.. Enumerable.Repeat<byte[]>([0x30, 0x80], 40_000).SelectMany(each => each)];
        foreach (var der in new[] { deep, [0x30, 0x84, 0x05, 0xF5, 0xE1, 0x00, .. Hundred], [0x30, 0x88, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] })
        {
            Verify(SignatureFormat.Cms, Encoding.ASCII.GetBytes($"-----BEGIN SIGNED MESSAGE-----\n{Convert.ToBase64String(der)}\n-----END SIGNED MESSAGE-----\n")).ShouldBe("CIC1003");
        }
    }

    private static IEnumerable<TestCaseData> Keyrings()
    {
        using var forge = new PgpForge();
        var certificate = forge.Certificate();
        var line = $"ssh-ed25519 {Convert.ToBase64String([.. SshForge.Text("ssh-ed25519"), .. SshForge.Field(new byte[32])])}";
        yield return Case("PEM blocks that only begin", Repeat("-----BEGIN A-----\n", 16 << 20));
        yield return Case("PEM blocks that begin, and one end", [.. Repeat("-----BEGIN A-----\n", 8 << 20), .. "-----END A-----\n"u8]);
        yield return Case("armoured blocks", Repeat("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nxgA=\n-----END PGP PUBLIC KEY BLOCK-----\n", 1 << 20));
        yield return Case("one armoured block of empty lines", [.. "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n"u8, .. Repeat("\n", 8 << 20)]);
        yield return Case("options of one line", Encoding.ASCII.GetBytes($"dev@example.cn {string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"o{i}"))} {line}\n"));
        yield return Case("principals of one line", Encoding.ASCII.GetBytes($"{string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"{i}@a"))} {line}\n"));
        yield return Case("lines that are left out", Repeat("ssh-x AAAABXNzaC14\n", 4 << 20));
        yield return Case("keys without anything", Repeat([0xC6, 0], 4 << 20));
        yield return Case("keys of no known algorithm", Repeat([0xC6, 6, 4, 0, 0, 0, 0, 99], 4 << 20));
        yield return Case("signatures without anything", [.. certificate, .. Repeat([0xC2, 0], 38_000)]);
        yield return Case("signatures of version 4 only", [.. certificate, .. Repeat([0xC2, 1, 4], 57_000)]);
        yield return Case("subkeys without anything", [.. certificate, .. Repeat([0xCE, 0], 38_000)]);
        yield return Case("user ids without anything", [.. certificate, .. Repeat([0xCD, 0], 38_000)]);
        yield return Case("a packet that states 100 MB", [.. certificate, 0xC2, 0xFF, 0x05, 0xF5, 0xE1, 0x00, 1]);

        static TestCaseData Case(string name, byte[] content) => new TestCaseData(content).SetArgDisplayNames(name);
    }

    /// <summary>Some hold a good key beside what is left out, others are refused; in bounded time and memory, all of them.</summary>
    [TestCaseSource(nameof(Keyrings))]
    public void Import_IsBounded(byte[] content) => watchdog.Run(() => watchdog.Measure(Watchdog.UsualAllocation(content.Length), () => "keyring", () =>
    {
        try
        {
            return KeyringImporter.Import("keyring", content, KeyRole.Committer, []).Keys.ShouldHaveSingleItem().Id.Length;
        }
        catch (CiComplianceException)
        {
            return 0;
        }
    }));

    private static byte[] Embedded(byte[] signature, int depth)
    {
        using var forge = new PgpForge();
        for (var i = 0; i < depth && signature.Length < 15_000; i++)
        {
            signature = forge.Sign(0, [1], [forge.Issuer(), PgpForge.Sub(32, signature)]);
        }

        return signature;
    }

    private static byte[] Repeat(string text, int length) => Repeat(Encoding.ASCII.GetBytes(text), length);

    private static byte[] Repeat(byte[] part, int length)
    {
        var all = new byte[length / part.Length * part.Length];
        for (var i = 0; i < all.Length; i += part.Length)
        {
            part.CopyTo(all, i);
        }

        return all;
    }

    private string? Verify(SignatureFormat format, byte[] armour)
    {
        string? code = null;
        watchdog.Run(() => code = watchdog.Measure(Watchdog.UsualAllocation(armour.Length), () => "signature", () => new ObjectSignatureVerifier().Verify(format, armour, [1], [], DateTimeOffset.UtcNow).Diagnostic?.Code));
        return code;
    }
}
