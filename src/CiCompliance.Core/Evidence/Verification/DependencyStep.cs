using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.Json;
using CiCompliance.Keys;
using CiCompliance.Policy;
using CiCompliance.Source;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence.Verification;

/// <summary>Step 9: go.mod and go.sum belong to the tree; every go.sum line has a proved record of a trusted checksum database.</summary>
internal static class DependencyStep
{
    private const int MaxLine = 1 << 20;

    /// <summary>The record, its rows proved, for step 10; null when it was refused.</summary>
    public static DependencyRecord? Verify(VerificationContext context, SourceRecord source, IReadOnlyList<GitTreeEntry> tree)
    {
        if (context.Document(9, EvidencePaths.Modules, bytes => DependencyRecord.Parse(bytes)) is not { } record
            || !VendorIsOfTree(context, source, tree, record)
            || !IsOfTree(context, source, tree, "go.mod", EvidencePaths.GoMod, required: true)
            || !IsOfTree(context, source, tree, "go.sum", EvidencePaths.GoSum, required: false))
        {
            return null;
        }

        context.Recomputed(9, "dependencies.go-sum", new("go.mod and go.sum are those of the tree", "go.mod 与 go.sum 属于该树"));
        var goSum = context.Snapshot.Find(EvidencePaths.GoSum) is null
            ? GoSum.Empty
            : context.Document(9, EvidencePaths.GoSum, bytes => GoSum.Parse(bytes));
        return goSum is not null && RowsMatch(context, goSum, record) && RecordsProve(context, goSum, record) ? record : null;
    }

    /// <summary>The vendor mode decides which modules need proof: the tree and the applied policy say it, not the record.</summary>
    private static bool VendorIsOfTree(VerificationContext context, SourceRecord source, IReadOnlyList<GitTreeEntry> tree, DependencyRecord record)
    {
        var path = System.Text.Encoding.UTF8.GetBytes(source.ModuleDirectory.Length == 0 ? "vendor/modules.txt" : $"{source.ModuleDirectory}/vendor/modules.txt");
        var policy = context.Document(9, EvidencePaths.PolicyApplied, bytes => CompliancePolicy.Parse(bytes));
        var expected = !tree.Any(entry => entry.Path.Span.SequenceEqual(path)) ? VendorMode.None
            : policy?.Dependencies.Vendor == VendorPolicy.SourceSigned ? VendorMode.SourceSigned
            : VendorMode.Verified;
        if (policy is not null && record.Vendor == expected)
        {
            return true;
        }

        context.Refuse(9, "dependencies.vendor", VerificationDiagnostics.ModuleUnproved, EvidencePaths.Modules,
            new($"it says vendor is {record.Vendor}; tree and policy make it {expected}", $"其 vendor 模式为 {record.Vendor};按树与策略应为 {expected}"));
        return false;
    }

    private static bool IsOfTree(
        VerificationContext context, SourceRecord source, IReadOnlyList<GitTreeEntry> tree, string file, string name, bool required)
    {
        var path = source.ModuleDirectory.Length == 0 ? file : $"{source.ModuleDirectory}/{file}";
        var entry = tree.FirstOrDefault(entry => entry.Path.Span.SequenceEqual(System.Text.Encoding.UTF8.GetBytes(path)));
        var kept = context.Snapshot.Find(name);
        if (entry is null && kept is null && !required)
        {
            return true;
        }

        if (entry is null || kept?.Content is null
            || GitObjectId.Compute(GitObjectType.Blob, kept.Content, GitObjectId.ParseFormat(source.ObjectFormat)) != entry.Oid)
        {
            context.Refuse(9, "dependencies.go-sum", VerificationDiagnostics.GoFileDiffers, name,
                new($"it is not {path} of the tree", $"不是树中的 {path}"));
            return false;
        }

        return true;
    }

    private static bool RowsMatch(VerificationContext context, GoSum goSum, DependencyRecord record)
    {
        var rows = record.Modules.ToDictionary(row => (row.Path, row.Version));
        var bad = goSum.Problems.Count > 0 || rows.Count != goSum.Entries.Count
            ? new LocalizedText("its rows are not the lines of go.sum", "各行与 go.sum 的各行不一致")
            : goSum.Entries.Where(entry => !rows.TryGetValue((entry.Module.Path, entry.Module.Version), out var row)
                    || row.ZipH1 != entry.Zip || row.GoModH1 != entry.GoMod || row.Verdict is not (Verdict.Pass or Verdict.NotApplicable))
                .Select(entry => (LocalizedText?)new($"the row of {entry.Module} differs from go.sum or did not pass", $"{entry.Module} 的记录与 go.sum 不一致或未通过"))
                .FirstOrDefault();
        if (bad is { } what)
        {
            context.Refuse(9, "dependencies.modules", VerificationDiagnostics.ModuleUnproved, EvidencePaths.Modules, what);
        }

        return bad is null;
    }

    private static bool RecordsProve(VerificationContext context, GoSum goSum, DependencyRecord record)
    {
        if (goSum.Entries.Count == 0)
        {
            context.NotApplicable(9, "dependencies.sumdb", new("the program uses no modules", "程序不使用任何模块"));
            return true;
        }

        if (TreeHeadOf(context, record) is not { } head)
        {
            return false;
        }

        var proved = new Dictionary<ModuleVersion, SumdbRecord>();
        using (var stream = context.Snapshot.Find(EvidencePaths.SumdbRecords)?.OpenStream() ?? Stream.Null)
        {
            foreach (var line in JsonLines.Read(stream, MaxLine))
            {
                var row = SumdbRecordRow.Parse(line);
                var parsed = SumdbRecord.Parse(row.Text);
                if (!MerkleProof.ProvesInclusion(row.Id, head.Size, MerkleProof.LeafHash(System.Text.Encoding.UTF8.GetBytes(row.Text)), row.Proof, head.Root))
                {
                    context.Refuse(9, "dependencies.sumdb", VerificationDiagnostics.SumdbProof, parsed.Module.ToString(),
                        new("its record's inclusion proof does not lead to the tree head", "其记录的包含证明与树头不符"));
                    return false;
                }

                proved[parsed.Module] = parsed;
            }
        }

        foreach (var entry in goSum.Entries)
        {
            if (!proved.TryGetValue(entry.Module, out var found)
                || (entry.Zip is not null && entry.Zip != found.Zip) || (entry.GoMod is not null && entry.GoMod != found.GoMod))
            {
                context.Refuse(9, "dependencies.sumdb", VerificationDiagnostics.ModuleUnproved, entry.Module.ToString(),
                    new("no proved record says what go.sum says", "没有经证明的记录与 go.sum 一致"));
                return false;
            }
        }

        context.Recomputed(9, "dependencies.sumdb", new(
            $"{goSum.Entries.Count} module versions proved in the tree of {head.Size} records", $"{goSum.Entries.Count} 个模块版本在 {head.Size} 条记录的树中得到证明"));
        context.Attested(9, "dependencies.cache", new(
            $"module cache origin: {record.CacheOrigin}; vendor: {record.Vendor}", $"模块缓存来源:{record.CacheOrigin};vendor:{record.Vendor}"));
        return true;
    }

    private static TreeHead? TreeHeadOf(VerificationContext context, DependencyRecord record)
    {
        if (record.Sumdb is null || context.Snapshot.Find(EvidencePaths.SumdbTreeHead)?.Content is not { } note)
        {
            context.Refuse(9, "dependencies.sumdb", VerificationDiagnostics.SumdbHead, EvidencePaths.SumdbTreeHead,
                new("there is no tree head of a checksum database", "没有校验和数据库的树头"));
            return null;
        }

        var named = VerifierKey.Parse(record.Sumdb.Split(' ')[0]);
        var trusted = context.Trust.With(KeyRole.Sumdb, context.Run.Repository)
            .FirstOrDefault(key => key.Name == named.Name && key.PublicKey.AsSpan().SequenceEqual(named.PublicKey));
        if (trusted is null)
        {
            context.Refuse(9, "dependencies.sumdb", VerificationDiagnostics.UntrustedKey, named.Name,
                new("the trust store has no such checksum database key", "信任库中没有该校验和数据库密钥"));
            return null;
        }

        if (KeyJudge.Judge(trusted, context.ProvedTime, context.Now) is { } refusal)
        {
            context.Refuse(9, "dependencies.sumdb", refusal.Diagnostic, named.Name, refusal.What);
            return null;
        }

        try
        {
            var head = TreeHead.Open(note, named, context.Services.Signatures);
            if (head.Size == record.TreeSize)
            {
                return head;
            }
        }
        catch (InvalidDataException)
        {
            // Refused below, as a head of another size is.
        }

        context.Refuse(9, "dependencies.sumdb", VerificationDiagnostics.SumdbHead, EvidencePaths.SumdbTreeHead,
            new("it is not signed by the trusted key, or of another size than recorded", "树头未由受信密钥签名,或大小与记录不符"));
        return null;
    }
}
