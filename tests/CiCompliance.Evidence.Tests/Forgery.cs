using System.Text.Json.Nodes;
using CiCompliance.Attestations;
using CiCompliance.Cryptography;
using CiCompliance.Digests;
using CiCompliance.Json;
using CiCompliance.Signing;
using CiCompliance.Sigstore;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence.Tests;

/// <summary>A copy of the run's evidence to change, and the signatures to cover the change.</summary>
internal sealed class Forgery : IDisposable
{
    public static IReadOnlyList<string> Predicates { get; } = ["provenance", "source", "dependencies", "binary"];

    private readonly TempDirectory temp = new();
    private static EvidenceForge Forge => EvidenceForge.Shared;

    public Forgery()
    {
        Expected = new Expectation(EvidenceForge.Repository, Forge.Commit, null);
        Trust = Forge.Trust;
        TrustFile = Forge.TrustFile;
        Digests = Forge.Digests;
        Log = Forge.LogFolder;
        foreach (var source in Directory.EnumerateFiles(Forge.Evidence, "*", SearchOption.AllDirectories))
        {
            var target = PathOf(Path.GetRelativePath(Forge.Evidence, source));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(source, target);
        }
    }

    public string Root => temp.Combine("evidence");

    public Expectation Expected { get; set; }

    public TrustStore Trust { get; set; }

    public string TrustFile { get; set; }

    public IDigestCalculator Digests { get; set; }

    /// <summary>The log that what is signed from now on goes to.</summary>
    public string Log { get; set; }

    public IReadOnlyList<string> Files => [.. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    public string Output => Path.GetFileName(Directory.EnumerateFiles(PathOf("bin")).Single());

    public string Scratch(string name) => temp.Combine(name);

    public string PathOf(string name) => Path.Combine(Root, name);

    public byte[] Read(string name) => File.ReadAllBytes(PathOf(name));

    public void Write(string name, byte[] content) => File.WriteAllBytes(PathOf(name), content);

    public void Write(string name, string content) => File.WriteAllText(PathOf(name), content);

    /// <summary>Edits a JSON document and writes it in canonical form.</summary>
    public void Edit(string name, Action<JsonObject> edit)
    {
        var node = JsonNode.Parse(Read(name))!.AsObject();
        edit(node);
        Write(name, CanonicalJson.Canonicalize(node));
    }

    public List<byte[]> Lines(string name) => [.. JsonLines.Read(new MemoryStream(Read(name)), 1 << 20)];

    public void WriteLines(string name, IEnumerable<byte[]> lines) => Write(name, [.. lines.SelectMany(line => (byte[])[.. line, (byte)'\n'])]);

    public Statement Statement(string predicate) => Attestations.Statement.Parse(Payload(EvidencePaths.SigstoreBundle(Output, predicate)));

    public byte[] Payload(string bundle) => ((SignedContent.Dsse)SigstoreBundle.Parse(Read(bundle)).Content).Payload;

    /// <summary>Signs a statement again, changed, as both keys of the run.</summary>
    public Forgery Resign(string predicate, Func<Statement, Statement> change, ForgeKey? sm2 = null, ForgeKey? p256 = null) =>
        ResignBytes(predicate, change(Statement(predicate)).ToJson(), sm2, p256);

    public Forgery ResignBytes(string predicate, byte[] payload, ForgeKey? sm2 = null, ForgeKey? p256 = null)
    {
        Write(EvidencePaths.Sm2Envelope(Output, predicate), Envelope(DsseEnvelope.InTotoPayloadType, payload, sm2).ToJson());
        Write(EvidencePaths.SigstoreBundle(Output, predicate), Bundle(payload, p256).ToJson());
        Keep();
        return this;
    }

    public Checkpoint CheckpointOf(string bundle) => Checkpoint.Parse(SigstoreBundle.Parse(Read(bundle)).Entry!.Proof!.Checkpoint);

    public void Cosign(Checkpoint checkpoint, ForgeKey witness) =>
        Write(EvidencePaths.CosignedCheckpoint, (checkpoint with { Signatures = [] }).Cosign(Forge.Keys.Witness.Trusted.Name, witness.Signer).ToBytes());

    /// <summary>Keeps the newest checkpoint of the attestations, co-signed, with the proofs that lead to it: the record stage with an external log.</summary>
    private void Keep()
    {
        using var log = LogStore.Open(Log, null, Forge.Signatures, TimeProvider.System);
        var own = Predicates.Select(predicate => EvidencePaths.SigstoreBundle(Output, predicate)).Where(name => File.Exists(PathOf(name)))
            .Select(CheckpointOf).DistinctBy(checkpoint => checkpoint.Size).OrderBy(checkpoint => checkpoint.Size).ToList();
        if (own.Exists(checkpoint => checkpoint.Origin != log.Description.Origin))
        {
            return;
        }

        Write(EvidencePaths.Checkpoint, own[^1].ToBytes());
        Cosign(own[^1], Forge.Keys.Witness);
        WriteLines(EvidencePaths.LogConsistency, own.SkipLast(1).Select(checkpoint => Prove(log, checkpoint, own[^1])));
    }

    /// <summary>What the seal stage keeps beside the seal. Nothing where there is nothing to prove.</summary>
    private void Connect()
    {
        File.Delete(PathOf(EvidencePaths.SealConsistency));
        using var log = LogStore.Open(Log, null, Forge.Signatures, TimeProvider.System);
        var head = CheckpointOf(EvidencePaths.ManifestSigstore);
        Checkpoint kept;
        try
        {
            kept = Checkpoint.Parse(Read(EvidencePaths.Checkpoint));
        }
        catch (Exception e) when (e is FormatException or IOException)
        {
            return;
        }

        if (kept.Origin == head.Origin && kept.Size < head.Size)
        {
            Write(EvidencePaths.SealConsistency, Prove(log, kept, head));
        }
    }

    private static byte[] Prove(LogStore log, Checkpoint older, Checkpoint newer) =>
        new ConsistencyProof(older.Size, newer.Size, log.ConsistencyProof(older.Size, newer.Size)).ToJson();

    /// <summary>Signs every statement again as the files of the folder now are: subject, run identity, digests of records.</summary>
    public Forgery ResignAll(Func<JsonObject, JsonObject>? run = null)
    {
        var subject = new Subject(Output, Digest(EvidencePaths.Output(Output)));
        foreach (var predicate in Predicates)
        {
            Resign(predicate, statement =>
            {
                var body = statement.Predicate.DeepClone().AsObject();
                var holder = predicate == "provenance" ? body["buildDefinition"]!["internalParameters"]!.AsObject() : body;
                holder["run"] = run?.Invoke(holder["run"]!.DeepClone().AsObject()) ?? holder["run"]!.DeepClone();
                foreach (var records in new[] { "sourceRecord", "records" }.Select(name => body[name]).OfType<JsonObject>())
                {
                    foreach (var name in records.Select(pair => pair.Key).Where(name => File.Exists(PathOf(name))).ToList())
                    {
                        var digest = Digest(name);
                        records[name] = new JsonObject { ["sha256"] = digest.Sha256, ["sm3"] = digest.Sm3 };
                    }
                }

                if (predicate == "source")
                {
                    if (File.Exists(PathOf(EvidencePaths.Trees)))
                    {
                        var digest = Digest(EvidencePaths.Trees);
                        body["sourceRecord"]![EvidencePaths.Trees] = new JsonObject { ["sha256"] = digest.Sha256, ["sm3"] = digest.Sm3 };
                    }

                    var source = JsonNode.Parse(Read(EvidencePaths.Source))!;
                    body["commit"] = source["commit"]!.DeepClone();
                    body["commits"] = source["commits"]!.DeepClone();
                    if (source["base"] is { } start)
                    {
                        body["base"] = start.DeepClone();
                    }
                }

                return statement with { Subject = [subject], Predicate = body };
            });
        }

        return this;
    }

    public Forgery Assess()
    {
        Forge.Assess(Root);
        return this;
    }

    /// <summary>Seals the folder as it now is: manifest, SM2 envelope, logged P-256 statement.</summary>
    public Forgery Reseal(Func<Manifest, Manifest>? change = null, ForgeKey? sm2 = null, ForgeKey? p256 = null,
        Func<DsseEnvelope, DsseEnvelope>? envelope = null, Func<byte[], byte[]>? raw = null)
    {
        var old = Manifest.Parse(Read(EvidencePaths.Manifest));
        var files = Files.Where(name => !name.StartsWith("seal/", StringComparison.Ordinal)).Select(name =>
        {
            var digest = Digest(name);
            return new ManifestFile(name, new FileInfo(PathOf(name)).Length, digest.Sha256, digest.Sm3);
        });
        var manifest = old with { Files = [.. files] };
        manifest = change?.Invoke(manifest) ?? manifest;
        var bytes = raw?.Invoke(manifest.ToJson()) ?? manifest.ToJson();
        var signed = Envelope(DsseEnvelope.ManifestPayloadType, bytes, sm2);
        Write(EvidencePaths.Manifest, bytes);
        Write(EvidencePaths.ManifestSm2, (envelope?.Invoke(signed) ?? signed).ToJson());
        var statement = SealPredicate.ToStatement(manifest.Run, manifest.Log.Kind,
            new(EvidencePaths.Manifest, Digest(EvidencePaths.Manifest)), new(EvidencePaths.ManifestSm2, Digest(EvidencePaths.ManifestSm2)));
        Write(EvidencePaths.ManifestSigstore, Bundle(statement.ToJson(), p256).ToJson());
        Connect();
        return this;
    }

    public VerificationReport Verify() =>
        new EvidenceVerifier(new VerificationServices(Forge.Signatures, Forge.Objects, Digests, new TimestampTokens()), TimeProvider.System)
            .Verify(Root, Trust, TrustFile, Expected, CancellationToken.None);

    /// <summary>Refused, with this code and this origin among its findings.</summary>
    public void ShouldBeRefused(string code, string? origin = null) => ShouldAnswer(Verdict.Fail, code, origin);

    public void ShouldBeUndecided(string code, string? origin = null) => ShouldAnswer(Verdict.Undecided, code, origin);

    public VerificationReport ShouldPass()
    {
        var report = Verify();
        report.Verdict.ShouldBe(Verdict.Pass, Text(report));
        report.Findings.ShouldBeEmpty();
        return report;
    }

    public void ChangeKey(ForgeKey key, Func<TrustedKey, TrustedKey> change) =>
        Trust = Trust with { Keys = [.. Trust.Keys.Select(trusted => trusted.Id == key.Trusted.Id ? change(trusted) : trusted)] };

    public DsseEnvelope Envelope(string type, byte[] payload, ForgeKey? key = null)
    {
        var signer = (key ?? Forge.Keys.Sm2).Signer;
        return new(payload, type, [new(signer.KeyId, signer.Sign(DsseEnvelope.PreAuthenticationEncoding(type, payload)), signer.CertificateChain)]);
    }

    public SigstoreBundle Bundle(byte[] payload, ForgeKey? key = null)
    {
        var signer = (key ?? Forge.Keys.P256).Signer;
        var signature = signer.Sign(DsseEnvelope.PreAuthenticationEncoding(DsseEnvelope.InTotoPayloadType, payload));
        var bundle = SigstoreBundle.ForDsse(DsseEnvelope.InTotoPayloadType, payload, signature, signer.PublicKey);
        return bundle with { Entry = Forge.Append(Log, bundle.ToEntry(signer.PublicKey)) };
    }

    public DigestSet Digest(string name) => Forge.Digests.Compute(Read(name));

    public void Dispose() => temp.Dispose();

    private void ShouldAnswer(Verdict verdict, string code, string? origin)
    {
        var report = Verify();
        report.Verdict.ShouldBe(verdict, Text(report));
        report.Findings.Select(finding => finding.Diagnostic.Code).ShouldContain(code, Text(report));
        if (origin is not null)
        {
            report.Findings.ShouldContain(finding => finding.Diagnostic.Code == code && finding.Origin == origin, Text(report));
        }
    }

    private static string Text(VerificationReport report) =>
        string.Join("\n", report.Findings.Select(finding => $"{finding.Diagnostic.Code} {finding.Origin}: {finding.What.En}"));
}
