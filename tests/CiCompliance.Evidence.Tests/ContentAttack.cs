namespace CiCompliance.Evidence.Tests;

/// <summary>Steps 8 to 11: everything is signed again with the right keys, and still refused.</summary>
public abstract class ContentAttack
{
    private protected Forgery Forgery { get; private set; } = null!;

    private protected static EvidenceForge Forge => EvidenceForge.Shared;

    [SetUp]
    public void SetUp() => Forgery = new Forgery();

    [TearDown]
    public void TearDown() => Forgery.Dispose();

    private protected void EditEvidence(Func<EvidenceRecord, EvidenceRecord> edit) =>
        Forgery.Write(EvidencePaths.Evidence, edit(EvidenceRecord.Parse(Forgery.Read(EvidencePaths.Evidence))).ToJson());

    private protected Forgery SignAll() => Forgery.ResignAll().Assess().Reseal();

    private protected void Refused(string code, string? origin = null) => SignAll().ShouldBeRefused(code, origin);
}
