using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CiCompliance.Attestations;
using CiCompliance.BinaryHardening;
using CiCompliance.Go;
using CiCompliance.Policy;
using CiCompliance.Sbom;

namespace CiCompliance.Evidence.Verification;

/// <summary>Step 10: hardening read from the ELF again, build info against go.sum and provenance, the SBOM made again.</summary>
internal static class ArtifactStep
{
    public static void Verify(
        VerificationContext context,
        IReadOnlyDictionary<(string Output, string Predicate), Statement> statements,
        GoSum? goSum,
        CancellationToken cancellationToken)
    {
        if (context.Document(10, EvidencePaths.PolicyApplied, bytes => CompliancePolicy.Parse(bytes)) is not { } policy)
        {
            return;
        }

        foreach (var output in context.Outputs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = EvidencePaths.Output(output);
            HardeningReport report;
            try
            {
                report = HardeningVerifier.Verify(context.Snapshot.Find(name)!.DescriptorPath, policy.Binary);
            }
            catch (CiComplianceException e)
            {
                context.Refuse(10, "hardening", VerificationDiagnostics.HardeningDiffers, name, e.Finding.What);
                continue;
            }

            VerifyHardening(context, name, report, statements.GetValueOrDefault((output, "binary")));
            if (report.BuildInfo is { } info)
            {
                VerifyModules(context, name, info, goSum);
                VerifyProvenance(context, name, info, statements.GetValueOrDefault((output, "provenance")));
                VerifySbom(context, output, info);
            }
        }
    }

    private static void VerifyHardening(VerificationContext context, string name, HardeningReport report, Statement? binary)
    {
        if (report.Verdict is not (Verdict.Pass or Verdict.NotApplicable))
        {
            var failed = report.Properties.First(property => property.Verdict is Verdict.Fail or Verdict.Undecided);
            context.Refuse(10, "hardening", VerificationDiagnostics.HardeningDiffers, name, new($"{failed.Id}: {failed.Detail.En}", $"{failed.Id}:{failed.Detail.Zh}"));
            return;
        }

        if (binary is null)
        {
            return;
        }

        var recorded = (binary.Predicate["properties"] as JsonArray)?.Select(row => $"{row?["id"]}={row?["verdict"]}") ?? [];
        var found = report.Properties.Select(property => $"{property.Id}={property.Verdict.ToWord()}");
        if (!recorded.SequenceEqual(found))
        {
            context.Refuse(10, "hardening", VerificationDiagnostics.HardeningDiffers, name, new("the recorded properties are not the ones found", "记录的属性与重新读取的不符"));
            return;
        }

        context.Recomputed(10, $"hardening[{name}]", new(
            $"{report.Kind}, {report.Format}: {report.Properties.Count} properties as recorded", $"{report.Kind},{report.Format}:{report.Properties.Count} 项属性与记录一致"));
    }

    private static void VerifyModules(VerificationContext context, string name, GoBuildInfo info, GoSum? goSum)
    {
        if (goSum is null)
        {
            return;
        }

        var proved = goSum.Entries.ToDictionary(entry => entry.Module, entry => entry.Zip);
        foreach (var module in info.Dependencies.Select(module => module.Effective))
        {
            // A build from a vendor folder records the sum of go.sum too; an empty one is a local replacement, which nothing proves.
            if (!proved.TryGetValue(new ModuleVersion(module.Path, module.Version), out var sum) || sum is null || sum != module.Sum)
            {
                context.Refuse(10, "modules", VerificationDiagnostics.ModuleForeign, name,
                    new($"it holds {module.Path} {module.Version}, which go.sum does not prove", $"其中的 {module.Path} {module.Version} 未被 go.sum 证明"));
                return;
            }
        }

        context.Recomputed(10, $"modules[{name}]", new($"{info.Dependencies.Count} modules in it, all proved", $"包含 {info.Dependencies.Count} 个模块,均已证明"));
    }

    private static void VerifyProvenance(VerificationContext context, string name, GoBuildInfo info, Statement? provenance)
    {
        if (provenance is null)
        {
            return;
        }

        var definition = provenance.Predicate["buildDefinition"] as JsonObject;
        var (external, inner) = (definition?["externalParameters"] as JsonObject, definition?["internalParameters"] as JsonObject);
        var run = context.Run;
        if (Text(inner, "goVersion") != info.GoVersion || Text(external, "repository") != run.Repository || Text(external, "commit") != run.Commit)
        {
            context.Refuse(10, "provenance", VerificationDiagnostics.ProvenanceDiffers, name,
                new("its provenance names another Go version, repository or commit than binary and run do", "来源声明中的 Go 版本、仓库或提交与产物或运行不符"));
            return;
        }

        context.Recomputed(10, $"provenance[{name}]", new($"Go version, repository and commit agree", "Go 版本、仓库与提交一致"));
        context.Attested(10, $"command[{name}]", new("the recorded command made it: the builder's word", "由所记录的命令构建:构建方声明"));
    }

    private static void VerifySbom(VerificationContext context, string output, GoBuildInfo info)
    {
        var name = EvidencePaths.SbomOf(output);
        var binary = context.Snapshot.Find(EvidencePaths.Output(output))!;
        if (context.Snapshot.Find(name)?.Content is { } content && TimestampOf(content) is { } timestamp
            && content.AsSpan().SequenceEqual(CycloneDxWriter.Write(info, binary.Digests, output, timestamp)))
        {
            context.Recomputed(10, $"sbom[{output}]", new("the same bytes, made again from the binary", "由产物重新生成,字节一致"));
            return;
        }

        context.Refuse(10, "sbom", VerificationDiagnostics.SbomDiffers, name, new("it is not what the binary's build info gives", "与产物构建信息生成的内容不符"));
    }

    private static DateTimeOffset? TimestampOf(byte[] sbom)
    {
        var metadata = (JsonNode.Parse(sbom) as JsonObject)?["metadata"] as JsonObject;
        return DateTimeOffset.TryParse(Text(metadata, "timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }

    private static string? Text(JsonObject? holder, string name) =>
        holder?[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
