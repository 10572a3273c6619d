using System.Collections.Concurrent;
using CiCompliance.Cryptography;
using CiCompliance.Diagnostics;
using CiCompliance.Git;
using CiCompliance.Keys;
using CiCompliance.Policy;
using CiCompliance.Source;

namespace CiCompliance.Benchmarks.Agreement;

/// <summary>Holds the verdict on every signed object of a repository against git's own. Run by hand on repositories whose maintainers publish their keys.</summary>
internal static class AgreementReport
{
    private const int MaxBytes = 32 << 20;
    private const int MaxNamed = 10;
    private const string Differs = "DIFFER";

    /// <returns>0 where every verdict agrees, now or as of the signature's own time, else 1.</returns>
    public static int Run(string path, IReadOnlyList<string> keyFiles, TextWriter output)
    {
        List<TrustedKey> keys = [.. keyFiles.SelectMany(file => Import(file, output)).DistinctBy(key => key.Id).Select(key => key with { NoTouchRequired = true })];
        var judge = new ObjectJudge(new ObjectSignatureVerifier(TimeProvider.System), keys, new SourcePolicy(MatchCommitter: false, ForgePolicy.Allowed, []), branch: null);
        using var repository = new GitRepositoryFactory().Open(path, CancellationToken.None);
        using var git = new GitAnswers(path, keyFiles);
        var signed = SignedObjects.Find(repository, path);
        var tags = signed.Oids.Count(signed => signed.Type == GitObjectType.Tag);
        output.WriteLine($"{keys.Count} keys taken, {tags} signed tags, {signed.Oids.Count - tags} of {signed.Total} signed commits");

        var answers = new ConcurrentBag<Row>();
        Parallel.ForEach(
            signed.Oids.Select(found => (found.Type, found.Oid, Ours: Judge(judge, repository.Read(found.Oid, MaxBytes)))),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            found => answers.Add(new(found.Type, found.Oid, found.Ours.Kind, git.Of($"verify-{found.Type}", found.Oid), found.Ours.Code)));
        return Print(answers, output);
    }

    // A file of which nothing can be taken is an answer like any other: its keys are unknown then.
    private static IReadOnlyList<TrustedKey> Import(string file, TextWriter output)
    {
        try
        {
            var import = KeyringImporter.Import(file, KeyRole.Committer, []);
            import.Findings.ToList().ForEach(finding => output.WriteLine($"{finding.Diagnostic.Code} {Path.GetFileName(file)}: {finding.What.En}"));
            return import.Keys;
        }
        catch (CiComplianceException e) when (e.Diagnostic == TrustImportDiagnostics.NothingUsable)
        {
            output.WriteLine($"{e.Diagnostic.Code} {Path.GetFileName(file)}: {e.Finding.What.En}");
            return [];
        }
    }

    private static int Print(IReadOnlyCollection<Row> answers, TextWriter output)
    {
        output.WriteLine($"{"object",-7} {"kind",-8} {"git",-30} {"cicompliance",-13} {"objects",8}  verdicts");
        foreach (var row in answers.GroupBy(row => (row.Type, row.Kind, row.Git.Word, row.Code, row.Agrees)).OrderByDescending(row => row.Count()))
        {
            var (type, kind, word, code, agrees) = row.Key;
            output.WriteLine($"{type,-7} {kind,-8} {word,-30} {code ?? "pass",-13} {row.Count(),8}  {agrees}");
            if (agrees == Differs)
            {
                output.WriteLine($"        {string.Join(' ', row.Select(row => row.Oid).Order(StringComparer.Ordinal).Take(MaxNamed))}{(row.Count() > MaxNamed ? " …" : "")}");
            }
        }

        var differing = answers.Count(row => row.Agrees == Differs);
        output.WriteLine($"{answers.Count - differing} of {answers.Count} verdicts agree, {differing} differ; then: as of the signature's own time, where the key has expired since");
        return differing == 0 ? 0 : 1;
    }

    private static (string Kind, string? Code) Judge(ObjectJudge judge, GitObject found)
    {
        try
        {
            var verdict = found.Type == GitObjectType.Tag ? judge.Judge(TagObject.Parse(found.Raw)) : judge.Judge(CommitObject.Parse(found.Raw), touched: null);
            return (verdict.Format.ToString(), verdict.Verdict == Verdict.Pass ? null : verdict.Diagnostic!.Code);
        }
        catch (FormatException)
        {
            return ("?", SourceDiagnostics.MalformedObject.Code);
        }
    }

    private sealed record Row(string Type, string Oid, string Kind, GitAnswer Git, string? Code)
    {
        public string Agrees => Git.IsGood == (Code is null) ? Code is null ? "agree: good" : Git.WasGood ? "agree: bad now" : "agree: bad"
            : Git.WasGood && Code is null ? "agree: good then" : Differs;
    }
}
