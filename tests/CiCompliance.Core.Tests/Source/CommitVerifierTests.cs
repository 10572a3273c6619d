using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Keys;
using CiCompliance.Policy;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Source;

public sealed class CommitVerifierTests
{
    private const string Head = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n";

    [Test]
    public void VerifyInOrder_OfManyCommits_KeepsTheirOrder()
    {
        var commits = Enumerable.Range(0, 2000).Select(i => Signed($"{i}", i % 3 == 0 ? "mallory" : "alice")).ToList();
        var verified = Verifier().VerifyInOrder(commits, CancellationToken.None).ToList();
        verified.Select(row => row.Row.Oid).ShouldBe(commits.Select(commit => commit.Object.Oid));
        for (var i = 0; i < verified.Count; i++)
        {
            verified[i].Row.Verdict.ShouldBe(i % 3 == 0 ? Verdict.Fail : Verdict.Pass);
            SignedObjectRow.Parse(verified[i].Line).Code.ShouldBe(i % 3 == 0 ? "CIC1002" : null);
        }
    }

    [Test]
    public void VerifyInOrder_TakesOnlyAFewAhead()
    {
        var taken = 0;
        IEnumerable<JudgedObject> Endless()
        {
            while (true)
            {
                yield return Signed($"{taken++}", "alice");
            }
        }

        Verifier().VerifyInOrder(Endless(), CancellationToken.None).Take(10).Count().ShouldBe(10);
        taken.ShouldBeLessThan(100 * Environment.ProcessorCount);
    }

    [Test]
    public void Verify_WhenTheVerifierPassesWithADiagnostic_IsNotAPass() =>
        Verifier(new Fixed(new(Verdict.Pass, SourceDiagnostics.ExpiredKey, [new("k", null)], default))).Verify(Signed("x", "alice"))
            .Row.Verdict.ShouldBe(Verdict.Undecided);

    [Test]
    public void Verify_WhenTheVerifierFailsWithoutADiagnostic_StillHasACode() =>
        Verifier(new Fixed(new(Verdict.Fail, null, [new("k", null)], default))).Verify(Signed("x", "alice"))
            .Row.ShouldSatisfyAllConditions(row => row.Code.ShouldBe("CIC1003"), row => row.KeyIds.ShouldBeEmpty());

    [TestCase(GitObjectType.Commit, "tree 6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nm\n")]
    [TestCase(GitObjectType.Tag, "object 6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321\ntype tree\ntag v1\n\nm\n")]
    public void Verify_WhenAnObjectNamesOthersInAnotherFormatThanItsOwnId_IsMalformed(string type, string content)
    {
        var raw = Encoding.ASCII.GetBytes(content);
        JudgedObject Of(GitObjectFormat format) => new(new(GitObjectId.Compute(type, raw, format), type, raw), null);
        Verifier().Verify(Of(GitObjectFormat.Sha256)).Row.Code.ShouldBe("CIC1001");
        Should.Throw<CiComplianceException>(() => Verifier().Verify(Of(GitObjectFormat.Sha1))).Diagnostic.ShouldBe(SourceDiagnostics.MalformedObject);
    }

    [Test]
    public void Verify_WhenTheVerifierCannotDecide_IsUndecided()
    {
        var verified = Verifier(new Fixed(new(Verdict.Undecided, null, [], default))).Verify(Signed("x", "alice"));
        verified.Row.Verdict.ShouldBe(Verdict.Undecided);
        verified.Finding.ShouldNotBeNull();
    }

    [Test]
    public void Verify_OfAnUnsignedCommit_NeverAsksTheVerifier()
    {
        var raw = Encoding.UTF8.GetBytes(Head + "\nunsigned\n");
        var verifier = Verifier(new Fixed(new(Verdict.Pass, null, [new("k", null)], default)));
        verifier.Verify(new(new GitObject(GitObjectId.Compute("commit", raw, GitObjectFormat.Sha1), "commit", raw), null)).Row.Code.ShouldBe("CIC1001");
    }

    [TestCase("CIC1002")]
    [TestCase("CIC1003")]
    [TestCase("CIC1004")]
    [TestCase("CIC1005")]
    [TestCase("CIC1006")]
    [TestCase("CIC1007")]
    public void Verify_OfEveryRefusal_NamesTheCommitAndWhatToDo(string code)
    {
        var diagnostic = new Diagnostic(code, DiagnosticKind.NotCompliant, "t");
        var signed = Signed("x", "alice");
        var finding = Verifier(new Fixed(new(Verdict.Fail, diagnostic, [], new("e", "z")))).Verify(signed).Finding!;
        finding.Origin.ShouldBe("commit " + signed.Object.Oid);
        finding.Fix.En.ShouldNotBeEmpty();
        finding.Fix.Zh.ShouldNotBeEmpty();
    }

    [Test]
    public void Verify_OfABlob_IsMalformed() =>
        Should.Throw<CiComplianceException>(() => Verifier().Verify(new(new GitObject("x", "blob", []), null))).Diagnostic.ShouldBe(SourceDiagnostics.MalformedObject);

    private static CommitVerifier Verifier(IObjectSignatureVerifier? signatures = null) =>
        new(new ObjectJudge(signatures ?? new StandInSignatures(), [StandInSignatures.Key("alice")], SourcePolicy.Default, null));

    private static JudgedObject Signed(string message, string key)
    {
        var signature = GitRepositoryFixture.StandInSignature(key, Encoding.UTF8.GetBytes($"{Head}\n{message}"));
        var raw = Encoding.UTF8.GetBytes($"{Head}gpgsig {signature.TrimEnd('\n').Replace("\n", "\n ", StringComparison.Ordinal)}\n\n{message}");
        return new(new GitObject(GitObjectId.Compute("commit", raw, GitObjectFormat.Sha1), "commit", raw), null);
    }

    private sealed class Fixed(SignatureAssessment answer) : IObjectSignatureVerifier
    {
        public SignatureAssessment Verify(ObjectSignature signature, IReadOnlyList<TrustedKey> committers) => answer;
    }
}
