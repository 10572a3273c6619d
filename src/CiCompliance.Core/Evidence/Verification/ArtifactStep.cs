using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CiCompliance.Attestations;
using CiCompliance.BinaryHardening;
using CiCompliance.Go;
using CiCompliance.Policy;
using CiCompliance.Provenance;
using CiCompliance.Sbom;
using CiCompliance.Source;

namespace CiCompliance.Evidence.Verification;

/// <summary>Step 10: hardening read from the ELF again, build info against modules and provenance, the SBOM made again.</summary>
internal static class ArtifactStep
{
    public static void Verify(
        VerificationContext context,
        IReadOnlyDictionary<(string Output, string Predicate), Statement> statements,
        SourceRecord source,
        DependencyRecord dependencies,
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

            if (statements.TryGetValue((output, "provenance"), out var provenance) && statements.TryGetValue((output, "binary"), out var binary))
            {
                var origin = OriginRules.Judge(report, dependencies, source.ModuleDirectory, RecordedBuild.From(provenance),
                    new Subject(output, context.Snapshot.Find(name)!.Digests));
                VerifyProperties(context, output, report, [.. report.Properties, .. origin], binary);
                VerifyProvenance(context, output, report.BuildInfo, provenance);
            }

            if (report.BuildInfo is { } info)
            {
                VerifySbom(context, output, info);
            }
        }
    }

    /// <summary>Every property passes, and the signed rows say exactly what was found.</summary>
    private static void VerifyProperties(
        VerificationContext context, string output, HardeningReport report, IReadOnlyList<HardeningProperty> properties, Statement binary)
    {
        var name = EvidencePaths.Output(output);
        if (properties.FirstOrDefault(property => property.Verdict is Verdict.Fail or Verdict.Undecided) is { } failed)
        {
            context.Refuse(10, $"binary[{output}]", failed.Id == "modules" ? VerificationDiagnostics.ModuleForeign : VerificationDiagnostics.HardeningDiffers, name,
                new($"{failed.Id}: {failed.Detail.En}", $"{failed.Id}:{failed.Detail.Zh}"));
            return;
        }

        var recorded = (binary.Predicate["properties"] as JsonArray)?.OfType<JsonObject>().Select(row => $"{Text(row, "id")}={Text(row, "verdict")}") ?? [];
        if (!recorded.SequenceEqual(properties.Select(property => $"{property.Id}={property.Verdict.ToWord()}")))
        {
            context.Refuse(10, $"binary[{output}]", VerificationDiagnostics.HardeningDiffers, name,
                new("the recorded properties are not the ones found", "记录的属性与重新读取的不符"));
            return;
        }

        context.Recomputed(10, $"binary[{output}]", new(
            $"{report.Format}, {report.Kind}: {properties.Count} properties as recorded", $"{report.Format},{report.Kind}:{properties.Count} 项属性与记录一致"));
    }

    private static void VerifyProvenance(VerificationContext context, string output, GoBuildInfo? info, Statement provenance)
    {
        var definition = provenance.Predicate["buildDefinition"] as JsonObject;
        var (external, inner) = (definition?["externalParameters"] as JsonObject, definition?["internalParameters"] as JsonObject);
        var run = context.Run;
        if (Text(inner, "goVersion") != info?.GoVersion || Text(external, "repository") != run.Repository || Text(external, "commit") != run.Commit)
        {
            context.Refuse(10, $"provenance[{output}]", VerificationDiagnostics.ProvenanceDiffers, EvidencePaths.Output(output),
                new("its provenance names another Go version, repository or commit than binary and run do", "来源声明中的 Go 版本、仓库或提交与产物或运行不符"));
            return;
        }

        // The runner's word in both places; it must at least be the same word.
        if (context.Document(10, EvidencePaths.Evidence, bytes => EvidenceRecord.Parse(bytes)) is not { } evidence
            || !JsonNode.DeepEquals(inner?["host"], evidence.Host.ToNode()))
        {
            context.Refuse(10, $"provenance[{output}]", VerificationDiagnostics.ProvenanceDiffers, EvidencePaths.Output(output),
                new("its provenance names another runner, actor or event than evidence.json does", "来源声明中的运行环境、操作者或事件与 evidence.json 不符"));
            return;
        }

        context.Recomputed(10, $"provenance[{output}]", new("Go version, repository and commit agree", "Go 版本、仓库与提交一致"));
        context.Attested(10, $"command[{output}]", new("the recorded command made it: the builder's word", "由所记录的命令构建:构建方声明"));
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
        JsonObject? metadata;
        try
        {
            metadata = (JsonNode.Parse(sbom, documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject)?["metadata"] as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }

        return DateTimeOffset.TryParse(Text(metadata, "timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }

    private static string? Text(JsonObject? holder, string name) =>
        holder?[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
