using System.Text;
using CiCompliance.Go;

namespace CiCompliance.Evidence.Tests;

/// <summary>go.mod, go.sum and what the checksum database said of them.</summary>
public sealed class ModuleAttackTests : ContentAttack
{
    [TestCase(EvidencePaths.GoSum)]
    [TestCase(EvidencePaths.GoMod)]
    public void GoFile_WhenReplaced_IsRefused(string name)
    {
        Forgery.Write(name, [.. Forgery.Read(name), (byte)'\n']);
        Refused("CIC2260", name);
    }

    [Test]
    public void GoSum_WhenRemoved_IsRefused()
    {
        File.Delete(Forgery.PathOf(EvidencePaths.GoSum));
        Refused("CIC2260", EvidencePaths.GoSum);
    }

    [Test]
    public void TreeHead_WhenSignedByAnotherKeyOfThatName_IsRefused()
    {
        var other = new FixtureSumdb("sum.example.test", Ed25519Fixture.Random());
        var text = Encoding.UTF8.GetString(Forgery.Read(EvidencePaths.SumdbTreeHead));
        Forgery.Write(EvidencePaths.SumdbTreeHead, other.Sign(text[..(text.IndexOf("\n\n", StringComparison.Ordinal) + 1)]));
        Refused("CIC2261", EvidencePaths.SumdbTreeHead);
    }

    [Test]
    public void TreeHead_WhenTheRecordNamesAnAttackersDatabase_IsRefused()
    {
        var other = new FixtureSumdb("sum.example.test", Ed25519Fixture.Random());
        var text = Encoding.UTF8.GetString(Forgery.Read(EvidencePaths.SumdbTreeHead));
        Forgery.Write(EvidencePaths.SumdbTreeHead, other.Sign(text[..(text.IndexOf("\n\n", StringComparison.Ordinal) + 1)]));
        EditModules(record => record with { Sumdb = other.VerifierKey });
        Refused("CIC2226", "sum.example.test");
    }

    [TestCase("")]
    [TestCase("x")]
    [TestCase("a+b+c")]
    [TestCase("sum.example.test+00000000+AAAA")]
    public void TreeHead_WhenTheDatabaseKeyIsMalformed_IsRefused(string key)
    {
        EditModules(record => record with { Sumdb = key });
        SignAll().Verify().Verdict.ShouldBe(Verdict.Fail);
    }

    [Test]
    public void TreeHead_WhenOfAnotherSizeThanRecorded_IsRefused()
    {
        EditModules(record => record with { TreeSize = record.TreeSize + 1 });
        Refused("CIC2261", EvidencePaths.SumdbTreeHead);
    }

    [Test]
    public void SumdbRecords_WhenAProofIsChanged_AreRefused()
    {
        EditRecords(rows => [.. rows.Select(row => row with { Proof = [.. row.Proof.Select(_ => new byte[32])] })]);
        Refused("CIC2262");
    }

    [TestCase(-1)]
    [TestCase(2)]
    [TestCase(9007199254740992)]
    public void SumdbRecords_WhenTheNumberIsOutOfTheTree_AreRefused(long id)
    {
        EditRecords(rows => [rows[0] with { Id = id }, .. rows.Skip(1)]);
        Refused("CIC2262");
    }

    [Test]
    public void SumdbRecords_WhenOneIsMissing_AreRefused()
    {
        EditRecords(rows => [.. rows.Skip(1)]);
        Refused("CIC2263");
    }

    [Test]
    public void SumdbRecords_WhenOneHasAnotherHash_AreRefused()
    {
        EditRecords(rows => [rows[0] with { Text = rows[0].Text.Replace("v1.0.0 h1:" + HashOf(rows[0]), "v1.0.0 h1:" + Convert.ToBase64String(new byte[32]), StringComparison.Ordinal)
            .Replace("v1.2.0 h1:" + HashOf(rows[0]), "v1.2.0 h1:" + Convert.ToBase64String(new byte[32]), StringComparison.Ordinal) }, .. rows.Skip(1)]);
        Refused("CIC2262");
    }

    [TestCase(Verdict.Fail)]
    [TestCase(Verdict.Undecided)]
    public void Modules_WhenARowDidNotPass_AreRefused(Verdict verdict)
    {
        EditModules(record => record with { Modules = [.. record.Modules.Select(row => row with { Verdict = verdict })] });
        Refused("CIC2263", EvidencePaths.Modules);
    }

    [TestCase(VendorMode.SourceSigned)]
    [TestCase(VendorMode.Verified)]
    public void Modules_WhenTheRecordClaimsAVendorFolderThatTheTreeLacks_AreRefused(VendorMode vendor)
    {
        EditModules(record => record with { Vendor = vendor });
        Refused("CIC2263", EvidencePaths.Modules);
    }

    [Test]
    public void Modules_WhenARowIsLeftOut_AreRefused()
    {
        EditModules(record => record with { Modules = [.. record.Modules.Skip(1)] });
        Refused("CIC2263", EvidencePaths.Modules);
    }

    private static string HashOf(SumdbRecordRow row) => row.Text.Split('\n')[0].Split("h1:")[1];

    private void EditModules(Func<DependencyRecord, DependencyRecord> edit) =>
        Forgery.Write(EvidencePaths.Modules, edit(DependencyRecord.Parse(Forgery.Read(EvidencePaths.Modules))).ToJson());

    private void EditRecords(Func<List<SumdbRecordRow>, List<SumdbRecordRow>> edit) =>
        Forgery.WriteLines(EvidencePaths.SumdbRecords, edit([.. Forgery.Lines(EvidencePaths.SumdbRecords).Select(line => SumdbRecordRow.Parse(line))]).Select(row => row.ToJson()));
}
