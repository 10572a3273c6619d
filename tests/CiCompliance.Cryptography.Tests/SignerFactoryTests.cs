using System.Globalization;
using System.IO.Pipes;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SignerFactoryTests : IDisposable
{
    private static readonly byte[] Message = [.. "what is signed"u8];

    private readonly TempDirectory directory = new();
    private readonly SignerFactory factory = new();
    private readonly SignatureVerifier verifier = new();

    [TestCase("signer.key.pem")]
    [TestCase("signer.enc-aes256.key.pem")]
    [TestCase("signer.enc-sm4.key.pem")]
    [TestCase("signer.enc-scrypt.key.pem")]
    public void Open_WhenSm2KeyIsAVector_SignsWithIt(string file)
    {
        using var signer = Open(Secret(TestVectors.Read("sm2", file)), KeyAlgorithm.Sm2, Secret("test-only\nsecond line"));
        signer.KeyId.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(signer.PublicKey)));
        PemEncoding.WriteString("PUBLIC KEY", signer.PublicKey).ShouldBe(File.ReadAllText(TestVectors.PathOf("sm2", "signer.pub.pem")).Trim());
        verifier.Verify(KeyAlgorithm.Sm2, signer.PublicKey, Message, signer.Sign(Message)).ShouldBe(Verdict.Pass);
        verifier.Verify(KeyAlgorithm.Sm2, signer.PublicKey, Message, signer.Sign(Message)).ShouldBe(Verdict.Pass, "a signer is used many times");
    }

    [TestCase("EC", "ec_paramgen_curve:P-256", KeyAlgorithm.EcdsaP256)]
    [TestCase("ED25519", null, KeyAlgorithm.Ed25519)]
    [TestCase("EC", "ec_paramgen_curve:SM2", KeyAlgorithm.Sm2)]
    public void Open_WhenOpensslMadeTheKey_OpensslVerifiesTheSignature(string type, string? option, KeyAlgorithm algorithm)
    {
        var plain = Secret(Peer.Run("openssl", ["genpkey", "-algorithm", type, .. option is null ? Array.Empty<string>() : ["-pkeyopt", option]]).Output);
        var publicKey = directory.Write("key.pub", Peer.Run("openssl", ["pkey", "-in", plain, "-pubout"]).Text);
        foreach (var encryption in new[] { "aes-128-cbc -v2prf hmacWithSHA1", "aes-256-cbc -v2prf hmacWithSHA512", "aes-192-cbc -v2prf hmacWithSHA384" })
        {
            var encrypted = Secret(Peer.Run("openssl", ["pkcs8", "-topk8", "-in", plain, "-passout", "pass:geheim", "-v2", .. encryption.Split(' ')]).Output);
            using var signer = Open(encrypted, algorithm, Secret("geheim"));
            OpensslVerifies(algorithm, publicKey, signer.Sign(Message)).ShouldBeTrue();
        }
    }

    [TestCase(KeyAlgorithm.Sm2)]
    [TestCase(KeyAlgorithm.EcdsaP256)]
    [TestCase(KeyAlgorithm.Ed25519)]
    public void Open_WhenKeyWasGenerated_OpensslReadsItAndVerifies(KeyAlgorithm algorithm)
    {
        using var key = KeyGenerator.Generate(algorithm);
        var (plain, encrypted) = (directory.Combine("plain"), directory.Combine("encrypted"));
        key.Save(plain);
        key.Save(encrypted, "口令"u8);
        File.GetUnixFileMode(plain).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Peer.Run("openssl", ["pkey", "-in", plain, "-pubout"]).Text.ShouldBe(key.PublicKeyPem);
        Peer.Run("openssl", ["pkey", "-in", encrypted, "-passin", "pass:口令", "-pubout"]).Text.ShouldBe(key.PublicKeyPem);

        using var signer = Open(encrypted, algorithm, Secret("口令\r\n"));
        signer.PublicKey.ShouldBe(key.PublicKey);
        signer.KeyId.ShouldBe(key.KeyId);
        OpensslVerifies(algorithm, directory.Write("pub", key.PublicKeyPem), signer.Sign(Message)).ShouldBeTrue();
    }

    [Test]
    public void Sign_WhenManyThreadsShareTheSigner_EverySignatureVerifies()
    {
        foreach (var algorithm in new[] { KeyAlgorithm.Sm2, KeyAlgorithm.EcdsaP256, KeyAlgorithm.Ed25519 })
        {
            using var key = KeyGenerator.Generate(algorithm);
            using var signer = key.OpenSigner();
            Parallel.For(0, 50, i =>
            {
                var message = Encoding.ASCII.GetBytes(i.ToString(CultureInfo.InvariantCulture));
                verifier.Verify(algorithm, key.PublicKey, message, signer.Sign(message)).ShouldBe(Verdict.Pass);
            });
        }
    }

    [Test]
    public void Sign_WhenDisposed_Refuses()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Ed25519);
        var signer = key.OpenSigner();
        signer.Dispose();
        Should.Throw<ObjectDisposedException>(() => signer.Sign(Message));
    }

    [Test]
    public void Open_WhenKeyAndPassphraseComeByDescriptor_ReadsThem()
    {
        using var keyPipe = Pipe(TestVectors.Read("sm2", "signer.enc-aes256.key.pem"));
        using var passphrasePipe = Pipe([.. "test-only\n"u8]);
        using var signer = Open(Descriptor(keyPipe), KeyAlgorithm.Sm2, Descriptor(passphrasePipe));
        verifier.Verify(KeyAlgorithm.Sm2, signer.PublicKey, Message, signer.Sign(Message)).ShouldBe(Verdict.Pass);
    }

    [TestCase("fd:")]
    [TestCase("fd:-1")]
    [TestCase("fd:../../etc/passwd")]
    [TestCase("fd:9999")]
    [TestCase("/does/not/exist")]
    [TestCase("")]
    public void Open_WhenKeyIsNotThere_IsUnreadable(string reference) => Refusal(reference).ShouldBe(KeyDiagnostics.Unreadable);

    [TestCase("")]
    [TestCase("no key at all")]
    [TestCase("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    [TestCase("-----BEGIN PRIVATE KEY-----\nnot base64!\n-----END PRIVATE KEY-----\n")]
    [TestCase("-----BEGIN PRIVATE KEY-----\nAAAA\n")]
    public void Open_WhenContentIsNoKey_IsMalformed(string content) => Refusal(Secret(content)).ShouldBe(KeyDiagnostics.MalformedKey);

    [TestCase("signer.sec1.key.pem")]
    [TestCase("signer.pub.pem")]
    [TestCase("leaf.pem")]
    public void Open_WhenFileIsAnotherKindOfPem_IsMalformed(string file) =>
        Refusal(Secret(TestVectors.Read("sm2", file))).ShouldBe(KeyDiagnostics.MalformedKey);

    [Test]
    public void Open_WhenFileIsHuge_IsMalformed() => Refusal(Secret(new string('a', 1 << 20))).ShouldBe(KeyDiagnostics.MalformedKey);

    [Test]
    public void Open_WhenTwoKeysAreInTheFile_IsMalformed()
    {
        var key = File.ReadAllText(TestVectors.PathOf("sm2", "signer.key.pem"));
        Refusal(Secret(key + key)).ShouldBe(KeyDiagnostics.MalformedKey);
    }

    [Test]
    public void Open_WhenPublicPartIsAnothersKey_IsMalformed()
    {
        var pem = File.ReadAllText(TestVectors.PathOf("sm2", "signer.key.pem"));
        var der = Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);
        der[^1] ^= 1;
        Refusal(Secret(PemEncoding.WriteString("PRIVATE KEY", der))).ShouldBe(KeyDiagnostics.MalformedKey);
    }

    [Test]
    public void Open_WhenPrivateNumberIsOutOfRange_IsMalformed()
    {
        // n - 1 is no SM2 key: signing divides by 1 + d.
        var der = Convert.FromHexString("3041020100301306072a8648ce3d020106082a811ccf5501822d042730250201010420"
            + "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122");
        Refusal(Secret(PemEncoding.WriteString("PRIVATE KEY", der))).ShouldBe(KeyDiagnostics.MalformedKey);
        der[^1]--;
        using var signer = Open(Secret(PemEncoding.WriteString("PRIVATE KEY", der)), KeyAlgorithm.Sm2);
        verifier.Verify(KeyAlgorithm.Sm2, signer.PublicKey, Message, signer.Sign(Message)).ShouldBe(Verdict.Pass);
    }

    [Test]
    public void Open_WhenKeyIsChangedAnywhere_NeverOpensAsAnotherKey()
    {
        var pem = File.ReadAllText(TestVectors.PathOf("sm2", "signer.key.pem"));
        var der = Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);
        foreach (var twin in SignatureVerifierTests.Twins(der))
        {
            ShouldBeRefusedOrTheSame(Secret(PemEncoding.WriteString("PRIVATE KEY", twin)), passphrase: null);
        }
    }

    [Test]
    public void Open_WhenEncryptedKeyIsChangedAnywhere_NeverOpensAsAnotherKey()
    {
        var pem = File.ReadAllText(TestVectors.PathOf("sm2", "signer.enc-scrypt.key.pem"));
        var der = Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);
        var passphrase = Secret("test-only");
        foreach (var twin in SignatureVerifierTests.Twins(der).Take(90))
        {
            ShouldBeRefusedOrTheSame(Secret(PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", twin)), passphrase);
        }
    }

    [Test]
    public void Open_WhenNoPassphraseIsGiven_AsksForIt() =>
        Refusal(Secret(TestVectors.Read("sm2", "signer.enc-aes256.key.pem"))).ShouldBe(KeyDiagnostics.PassphraseNeeded);

    [TestCase("signer.enc-aes256.key.pem")]
    [TestCase("signer.enc-sm4.key.pem")]
    [TestCase("signer.enc-scrypt.key.pem")]
    public void Open_WhenPassphraseIsWrong_SaysSoAndNotWhat(string file)
    {
        var exception = Should.Throw<CiComplianceException>(() =>
            Open(Secret(TestVectors.Read("sm2", file)), KeyAlgorithm.Sm2, Secret("hunter2")));
        exception.Diagnostic.ShouldBe(KeyDiagnostics.WrongPassphrase);
        exception.ToString().ShouldNotContain("hunter2");
    }

    [TestCase("")]
    [TestCase("\nsecond")]
    public void Open_WhenPassphraseIsEmpty_Refuses(string content) => Refusal(
        Secret(TestVectors.Read("sm2", "signer.enc-aes256.key.pem")), passphrase: Secret(content)).ShouldBe(KeyDiagnostics.MalformedPassphrase);

    [Test]
    public void Open_WhenPassphraseIsTooLong_Refuses() => Refusal(
        Secret(TestVectors.Read("sm2", "signer.enc-aes256.key.pem")), passphrase: Secret(new string('x', 1025))).ShouldBe(KeyDiagnostics.MalformedPassphrase);

    [TestCase("signer.key.pem", KeyAlgorithm.EcdsaP256)]
    [TestCase("signer.key.pem", KeyAlgorithm.Ed25519)]
    [TestCase("signer.key.pem", KeyAlgorithm.OpenPgp)]
    public void Open_WhenAlgorithmIsAnother_Refuses(string file, KeyAlgorithm algorithm) =>
        Refusal(Secret(TestVectors.Read("sm2", file)), algorithm).ShouldBe(KeyDiagnostics.WrongAlgorithm);

    [TestCase("RSA", "rsa_keygen_bits:2048")]
    [TestCase("EC", "ec_paramgen_curve:P-384")]
    [TestCase("X25519", null)]
    public void Open_WhenKeyIsOfNoAcceptedKind_IsOfWrongAlgorithm(string type, string? option) => Refusal(
        Secret(Peer.Run("openssl", ["genpkey", "-algorithm", type, .. option is null ? Array.Empty<string>() : ["-pkeyopt", option]]).Output))
        .ShouldBe(KeyDiagnostics.WrongAlgorithm);

    [Test]
    public void Open_WhenEncryptionIsAnOldOne_Refuses() => Refusal(
        Secret(Peer.Run("openssl", ["pkcs8", "-topk8", "-in", TestVectors.PathOf("sm2", "signer.key.pem"), "-passout", "pass:x", "-v1", "PBE-SHA1-3DES"]).Output),
        passphrase: Secret("x")).ShouldBe(KeyDiagnostics.UnsupportedEncryption);

    [Test]
    public void Open_WhenIterationsAreBeyondTheLimit_Refuses() => Refusal(
        Secret(EncryptedWithIterations(20_000_000)), passphrase: Secret("x")).ShouldBe(KeyDiagnostics.UnsupportedEncryption);

    [TestCase(UnixFileMode.OtherRead)]
    [TestCase(UnixFileMode.OtherWrite)]
    [TestCase(UnixFileMode.GroupWrite)]
    public void Open_WhenOthersCanReachTheFile_Refuses(UnixFileMode extra)
    {
        var path = Secret(TestVectors.Read("sm2", "signer.key.pem"));
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | extra);
        Refusal(path).ShouldBe(KeyDiagnostics.Exposed);

        var passphrase = Secret("test-only");
        File.SetUnixFileMode(passphrase, File.GetUnixFileMode(passphrase) | extra);
        Refusal(Secret(TestVectors.Read("sm2", "signer.enc-aes256.key.pem")), passphrase: passphrase).ShouldBe(KeyDiagnostics.Exposed);
    }

    [Test]
    public void Open_WhenOnlyTheGroupMayRead_Accepts()
    {
        var path = Secret(TestVectors.Read("sm2", "signer.key.pem"));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Should.NotThrow(() => Open(path, KeyAlgorithm.Sm2).Dispose());
    }

    [Test]
    public void Open_WhenChainIsGiven_CarriesIt()
    {
        var chain = directory.Write("chain.pem", Vector("leaf.pem") + "text between\n" + Vector("ca.pem"));
        using var signer = Open(Secret(TestVectors.Read("sm2", "signer.key.pem")), KeyAlgorithm.Sm2, chain: chain);
        signer.CertificateChain.Count.ShouldBe(2);
    }

    [Test]
    public void Open_WhenFirstCertificateIsAnothers_Refuses() => ChainRefusal(Vector("ca.pem")).ShouldBe(KeyDiagnostics.ForeignChain);

    [Test]
    public void Open_WhenChainHasGaps_Refuses() => ChainRefusal(Vector("leaf-3level.pem") + Vector("ca.pem")).ShouldBe(KeyDiagnostics.MalformedChain);

    [TestCase("")]
    [TestCase("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [TestCase("-----BEGIN CERTIFICATE-----\nAAAA")]
    public void Open_WhenChainIsNoChain_Refuses(string content) => ChainRefusal(content).ShouldBe(KeyDiagnostics.MalformedChain);

    [Test]
    public void Open_WhenChainFileHoldsAKey_Refuses() => ChainRefusal(Vector("leaf.pem") + Vector("signer.key.pem")).ShouldBe(KeyDiagnostics.MalformedChain);

    [Test]
    public void Open_WhenChainIsTooLong_Refuses() =>
        ChainRefusal(Vector("leaf.pem") + string.Concat(Enumerable.Repeat(Vector("ca.pem"), 10))).ShouldBe(KeyDiagnostics.MalformedChain);

    [Test]
    public void Save_WhenFileExists_RefusesAndKeepsIt()
    {
        var path = directory.Write("there", "already");
        using var key = KeyGenerator.Generate(KeyAlgorithm.Ed25519);
        Should.Throw<CiComplianceException>(() => key.Save(path)).Diagnostic.ShouldBe(KeyDiagnostics.NotWritten);
        File.ReadAllText(path).ShouldBe("already");
    }

    [Test]
    public void Generate_WhenAlgorithmIsOpenPgp_Refuses() => Should.Throw<ArgumentException>(() => KeyGenerator.Generate(KeyAlgorithm.OpenPgp));

    public void Dispose() => directory.Dispose();

    private void ShouldBeRefusedOrTheSame(string key, string? passphrase)
    {
        try
        {
            using var signer = Open(key, KeyAlgorithm.Sm2, passphrase);
            PemEncoding.WriteString("PUBLIC KEY", signer.PublicKey).ShouldBe(Vector("signer.pub.pem").Trim());
        }
        catch (CiComplianceException e)
        {
            e.Diagnostic.Kind.ShouldBe(DiagnosticKind.Usage);
        }
    }

    private static string Vector(string file) => File.ReadAllText(TestVectors.PathOf("sm2", file));

    private static byte[] EncryptedWithIterations(int iterations) => Peer.Run(
        "openssl",
        ["pkcs8", "-topk8", "-in", TestVectors.PathOf("sm2", "signer.key.pem"), "-passout", "pass:x", "-v2", "aes-256-cbc", "-iter", iterations.ToString(CultureInfo.InvariantCulture)]).Output;

    private static AnonymousPipeServerStream Pipe(byte[] content)
    {
        var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        pipe.Write(content);
        pipe.SafePipeHandle.Dispose();
        return pipe;
    }

    private static string Descriptor(AnonymousPipeServerStream pipe) => "fd:" + pipe.GetClientHandleAsString();

    private bool OpensslVerifies(KeyAlgorithm algorithm, string publicKey, byte[] signature)
    {
        var (message, signatureFile) = (directory.Combine("message"), directory.Combine("signature"));
        File.WriteAllBytes(message, Message);
        File.WriteAllBytes(signatureFile, signature);
        string[] arguments = algorithm switch
        {
            KeyAlgorithm.Ed25519 => ["pkeyutl", "-verify", "-pubin", "-inkey", publicKey, "-rawin", "-in", message, "-sigfile", signatureFile],
            KeyAlgorithm.Sm2 => ["dgst", "-sm3", "-verify", publicKey, "-sigopt", "distid:1234567812345678", "-signature", signatureFile, message],
            _ => ["dgst", "-sha256", "-verify", publicKey, "-signature", signatureFile, message],
        };
        return Peer.TryRun("openssl", arguments).ExitCode == 0;
    }

    private string Secret(string content) => Secret(Encoding.UTF8.GetBytes(content));

    private string Secret(byte[] content)
    {
        var path = directory.Combine(Path.GetRandomFileName());
        File.WriteAllBytes(path, content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private ISigner Open(string key, KeyAlgorithm algorithm, string? passphrase = null, string? chain = null) =>
        factory.Open(new KeyReference(key, passphrase, chain), algorithm);

    private Diagnostic Refusal(string key, KeyAlgorithm algorithm = KeyAlgorithm.Sm2, string? passphrase = null) =>
        Should.Throw<CiComplianceException>(() => Open(key, algorithm, passphrase)).Diagnostic;

    private Diagnostic ChainRefusal(string chain) => Should.Throw<CiComplianceException>(() =>
        Open(Secret(TestVectors.Read("sm2", "signer.key.pem")), KeyAlgorithm.Sm2, chain: directory.Write("chain.pem", chain))).Diagnostic;
}
