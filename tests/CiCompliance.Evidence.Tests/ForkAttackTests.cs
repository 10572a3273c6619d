using System.Security.Cryptography;
using CiCompliance.Policy;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence.Tests;

/// <summary>Step 5 against a log whose operator keeps two histories under one key and one origin: one for the witnesses, one for the auditor.</summary>
public sealed class ForkAttackTests
{
    private Forgery forgery = null!;
    private string auditors = null!;
    private string witnesses = null!;

    private static ForgeKeys Keys => EvidenceForge.Shared.Keys;

    private Checkpoint Kept => Checkpoint.Parse(forgery.Read(EvidencePaths.Checkpoint));

    private string Bundle => EvidencePaths.SigstoreBundle(forgery.Output, "provenance");

    [SetUp]
    public void SetUp()
    {
        forgery = new Forgery();
        (auditors, witnesses) = (Fork("auditors"), Fork("witnesses"));
        forgery.Log = auditors;
        forgery.ResignAll();
    }

    [TearDown]
    public void TearDown() => forgery.Dispose();

    [Test]
    public void Evidence_WhenItsLogHasOneHistory_Passes()
    {
        forgery.Expected = forgery.Expected with { Witnesses = 1 };
        var rows = forgery.Assess().Reseal().ShouldPass().Rows.Select(row => row.Id).ToList();
        rows.ShouldContain("log.growth");
        rows.ShouldContain("log.witnesses");
    }

    [TestCase(0)]
    [TestCase(1)]
    public void Witnesses_WhenTheySawAnotherTreeOfThisSize_ProveAFork(int wanted)
    {
        forgery.Cosign(Grow(witnesses, 4), Keys.Witness);
        Checkpoint.Parse(forgery.Read(EvidencePaths.CosignedCheckpoint)).Size.ShouldBe(Kept.Size);
        forgery.Expected = forgery.Expected with { Witnesses = wanted };
        forgery.Assess().Reseal().ShouldBeRefused("CIC2231", EvidencePaths.CosignedCheckpoint);
    }

    [TestCase(3, 0)]
    [TestCase(3, 1)]
    [TestCase(5, 1)]
    public void Witnesses_WhenTheySawATreeOfAnotherSize_DoNotCount(int grown, int wanted)
    {
        forgery.Cosign(Grow(witnesses, grown), Keys.Witness);
        forgery.Expected = forgery.Expected with { Witnesses = wanted };
        forgery.Assess().Reseal().ShouldBeRefused("CIC2233", EvidencePaths.CosignedCheckpoint);
    }

    [Test]
    public void Witnesses_WhenAnUntrustedOneSignsTheKeptBody_DoNotCount()
    {
        forgery.Cosign(Kept, Keys.Stranger);
        forgery.Expected = forgery.Expected with { Witnesses = 1 };
        forgery.Assess().Reseal().ShouldBeRefused("CIC2233", EvidencePaths.CosignedCheckpoint);
    }

    [Test]
    public void Witnesses_WhenTheLogsOwnKeySigns_DoNotCount()
    {
        forgery.Cosign(Kept, Keys.Log);
        forgery.Expected = forgery.Expected with { Witnesses = 1 };
        forgery.Assess().Reseal().ShouldBeRefused("CIC2233", EvidencePaths.CosignedCheckpoint);
    }

    [Test]
    public void Seal_WhenItIsInAnotherForkThanTheWitnessedOne_IsRefused()
    {
        // Everything that witnesses saw is kept and genuine; only the seal stands in the tree that they never saw.
        Grow(witnesses, 6);
        forgery.Assess();
        forgery.Log = witnesses;
        forgery.Expected = forgery.Expected with { Witnesses = 1 };
        forgery.Reseal().ShouldBeRefused("CIC2231", EvidencePaths.SealConsistency);
        File.Delete(forgery.PathOf(EvidencePaths.SealConsistency));
        forgery.ShouldBeUndecided("CIC2232", EvidencePaths.SealConsistency);
    }

    [TestCase(0)]
    [TestCase(3, Description = "of the kept checkpoint's size")]
    public void Attestation_WhenItIsInAnotherForkThanTheWitnessedOne_IsRefused(int grown)
    {
        Grow(witnesses, grown);
        LogAgain(witnesses);
        forgery.Assess().Reseal().ShouldBeRefused("CIC2231", Bundle);
    }

    [Test]
    public void Attestation_WhenItIsLaterThanTheWitnessedTree_IsRefused()
    {
        LogAgain(auditors);
        forgery.Assess().Reseal().ShouldBeRefused("CIC2230", Bundle);
    }

    [Test]
    public void Attestation_WhenNothingLeadsToTheWitnessedTree_IsUndecided()
    {
        File.Delete(forgery.PathOf(EvidencePaths.LogConsistency));
        forgery.Assess().Reseal().ShouldBeUndecided("CIC2232", Bundle);
    }

    [Test]
    public void Attestation_WhenItsProofIsForged_IsRefused()
    {
        var rows = forgery.Lines(EvidencePaths.LogConsistency).ConvertAll(line => ConsistencyProof.Parse(line));
        rows[0] = rows[0] with { Hashes = [.. rows[0].Hashes.Select(_ => new byte[32])] };
        forgery.WriteLines(EvidencePaths.LogConsistency, rows.Select(row => row.ToJson()));
        forgery.Assess().Reseal().ShouldBeRefused("CIC2231", Bundle);
    }

    [TestCase("twice")]
    [TestCase("order")]
    [TestCase("size")]
    [TestCase("form")]
    public void LogConsistency_WhenItHasNotItsForm_IsRefused(string what)
    {
        var rows = forgery.Lines(EvidencePaths.LogConsistency);
        var first = ConsistencyProof.Parse(rows[0]);
        forgery.WriteLines(EvidencePaths.LogConsistency, what switch
        {
            "twice" => [rows[0], .. rows],
            "order" => [rows[1], rows[0], .. rows.Skip(2)],
            "size" => [(first with { NewSize = first.NewSize + 1 }).ToJson(), .. rows.Skip(1)],
            _ => ["{}"u8.ToArray()],
        });
        forgery.Assess().Reseal().ShouldBeRefused("CIC2215", EvidencePaths.LogConsistency);
    }

    [Test]
    public void SealConsistency_WhenChanged_IsRefusedThoughNoManifestListsIt()
    {
        forgery.Assess().Reseal();
        var good = ConsistencyProof.Parse(forgery.Read(EvidencePaths.SealConsistency));
        foreach (var bad in new[]
        {
            good with { Hashes = [.. good.Hashes.Select(_ => new byte[32])] },
            good with { Hashes = [.. good.Hashes, new byte[32]] },
            good with { Hashes = [] },
            good with { OldSize = good.OldSize - 1 },
            good with { NewSize = good.NewSize + 1 },
        })
        {
            forgery.Write(EvidencePaths.SealConsistency, bad.ToJson());
            forgery.ShouldBeRefused("CIC2231", EvidencePaths.SealConsistency);
        }

        forgery.Write(EvidencePaths.SealConsistency, [.. good.ToJson(), (byte)'\n']);
        forgery.ShouldBeRefused("CIC2215", EvidencePaths.SealConsistency);
        forgery.Write(EvidencePaths.SealConsistency, good.ToJson());
        forgery.ShouldPass();
    }

    [Test]
    public void Checkpoint_WhenItIsAsLargeAsTheSealsTree_IsRefused()
    {
        // The seal lists this file: a tree that holds the seal can't have been known when it was written.
        forgery.Write(EvidencePaths.Checkpoint, Checkpoint.Sign(Kept.Origin, Kept.Size + 1, new byte[32], Keys.Log.Signer).ToBytes());
        forgery.Assess().Reseal().ShouldBeRefused("CIC2230", EvidencePaths.Checkpoint);
    }

    [TestCase("origin", "log.example.test - 1")]
    [TestCase("logId", "00")]
    [TestCase("publicKey", "AAAA")]
    [TestCase("kind", "external")]
    public void LogDescription_WhenItIsOfAnotherLog_IsRefused(string member, string value)
    {
        forgery.Edit(LogRecord.FileName, record => record[member] = value);
        forgery.Assess().Reseal().ShouldBeRefused("CIC2230", LogRecord.FileName);
    }

    [Test]
    public void LogDescription_WhenMissing_IsRefused()
    {
        File.Delete(forgery.PathOf(LogRecord.FileName));
        forgery.Assess().Reseal().ShouldBeRefused("CIC2220", LogRecord.FileName);
    }

    [Test]
    public void LogKind_WhenTheSealSaysAnotherThanThePolicy_IsRefused() =>
        forgery.Assess().Reseal(manifest => manifest with { Log = manifest.Log with { Kind = LogKind.External } })
            .ShouldBeRefused("CIC2230", EvidencePaths.PolicyApplied);

    /// <summary>The same statement and signatures, but logged in that history; what is kept stays.</summary>
    private void LogAgain(string log)
    {
        forgery.Log = log;
        forgery.Write(Bundle, forgery.Bundle(forgery.Payload(Bundle)).ToJson());
        forgery.Log = auditors;
    }

    private string Fork(string name)
    {
        var path = Directory.CreateDirectory(forgery.Scratch(name)).FullName;
        foreach (var file in Directory.EnumerateFiles(EvidenceForge.Shared.LogFolder))
        {
            File.Copy(file, Path.Combine(path, Path.GetFileName(file)));
        }

        return path;
    }

    private static Checkpoint Grow(string log, int count)
    {
        Checkpoint? head = null;
        for (var i = 0; i < count; i++)
        {
            var entry = ProposedEntry.HashedRekord(RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(70), Keys.OtherP256.Signer.PublicKey);
            head = Checkpoint.Parse(EvidenceForge.Shared.Append(log, entry).Proof!.Checkpoint);
        }

        return head!;
    }
}
