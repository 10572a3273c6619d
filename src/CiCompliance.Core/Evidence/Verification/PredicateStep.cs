using CiCompliance.Attestations;
using CiCompliance.Digests;
using CiCompliance.Go;
using CiCompliance.Signing;
using CiCompliance.Source;

namespace CiCompliance.Evidence.Verification;

/// <summary>
/// Step 10, the statements that travel without the folder: what <c>source</c> and <c>dependencies</c> say is made again from the records
/// that steps 8 and 9 verified.
/// </summary>
internal static class PredicateStep
{
    public static void Verify(
        VerificationContext context,
        IReadOnlyDictionary<(string Output, string Predicate), Statement> statements,
        SourceRecord source,
        DependencyRecord dependencies)
    {
        var run = context.Run;
        var sources = new SourcePredicate(run, source.Commit, source.Tree, source.Commits, DigestsOf(context, SourcePredicate.Files), source.Base);
        var modules = new DependenciesPredicate(run, dependencies.TreeSize, dependencies.Modules.Count, dependencies.CacheOrigin, dependencies.Vendor,
            DigestsOf(context, DependenciesPredicate.Files), dependencies.Sumdb);
        foreach (var output in context.Outputs)
        {
            var subject = new Subject(output, context.Snapshot.Find(EvidencePaths.Output(output))!.Digests);
            Compare(context, statements, (output, "source"), sources.ToStatement(subject));
            Compare(context, statements, (output, "dependencies"), modules.ToStatement(subject));
        }
    }

    private static void Compare(
        VerificationContext context, IReadOnlyDictionary<(string Output, string Predicate), Statement> statements, (string Output, string Predicate) key, Statement expected)
    {
        if (statements.TryGetValue(key, out var signed) && !signed.ToJson().AsSpan().SequenceEqual(expected.ToJson()))
        {
            context.Refuse(10, $"{key.Predicate}[{key.Output}]", VerificationDiagnostics.ProvenanceDiffers, EvidencePaths.SigstoreBundle(key.Output, key.Predicate),
                new("it does not say what the verified records say", "其内容与已核实的记录不符"));
        }
    }

    private static Dictionary<string, DigestSet> DigestsOf(VerificationContext context, IReadOnlyList<string> names) =>
        names.Where(name => context.Snapshot.Find(name) is not null).ToDictionary(name => name, name => context.Snapshot.Find(name)!.Digests);
}
