using System.Text;
using System.Text.Json;
using CiCompliance.Benchmarks.Measuring;
using CiCompliance.Benchmarks.Workload;
using CiCompliance.Provenance;

namespace CiCompliance.Benchmarks.Sections;

/// <summary>The whole job over the build alone, and its verification over the digests alone.</summary>
internal sealed class PipelineSection(Setting setting) : ISection
{
    private const int RunRounds = 5;
    private const int VerifyRounds = 11;

    public string Name => "pipeline";

    public void Run(TextWriter output)
    {
        using var project = GeneratedProject.Open(setting.Artifacts, output);
        var go = setting.Go;
        output.WriteLine($"cicompliance run over plain go build: {GeneratedModules.Count} modules, {SignedHistory.Commits} signed commits "
            + $"({SignedHistory.Commits - SignedHistory.OpenPgpCommits} SM2, {SignedHistory.OpenPgpCommits} OpenPGP Ed25519), {GeneratedApplication.Packages.Count} commands");
        var run = new Command("cicompliance run", setting.Tool, project.RunArguments(go), Ambient(project.GoCache), Prepare: project.RemoveEvidence);
        run.Time();
        var build = PlainBuild(project, go);
        var stages = new Dictionary<string, List<double>>();
        var comparison = Comparison.Run(RunRounds, [run, build], index =>
        {
            if (index == 0)
            {
                ReadStages(project.Evidence, stages);
            }
        });
        comparison.Print(output);
        RequireSameBytes(project);
        var more = comparison.Median(0) - comparison.Median(1);
        var goal = comparison.Median(1) * 0.25 + TimeSpan.FromSeconds(3);
        output.WriteLine($"  ratio {comparison.Ratio(0, 1):F2}; {Comparison.Text(more)} more, goal at most 25 % and 3 s: {Comparison.Text(goal)} more ({(more <= goal ? "met" : "missed")})");
        PrintStages(output, stages, comparison.Median(0));
        Verify(output, project);
    }

    private void Verify(TextWriter output, GeneratedProject project)
    {
        var files = Directory.EnumerateFiles(project.Evidence, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        output.WriteLine($"verify evidence over sha256sum of the same {files.Count} files, {files.Sum(file => new FileInfo(file).Length) / 1e6:F1} MB");
        var verify = new Command("cicompliance verify evidence", setting.Tool,
            ["verify", "evidence", project.Evidence, "--trust", project.Trust, "--repository", GeneratedProject.Repository, "--commit", CommitOf(project.Evidence), "--allow-demonstration"]);
        var comparison = Comparison.Run(VerifyRounds, [verify, new Command("sha256sum", "sha256sum", files)]);
        comparison.Print(output);
        output.WriteLine($"  ratio {comparison.Ratio(0, 1):F2}");
    }

    /// <summary>The recorded command in the recorded environment; its module cache is filled beforehand.</summary>
    private static Command PlainBuild(GeneratedProject project, string go)
    {
        var statement = Directory.EnumerateFiles(Path.Combine(project.Evidence, "attestations"), "*.provenance.sigstore.json").Order(StringComparer.Ordinal).First();
        using var bundle = JsonDocument.Parse(File.ReadAllBytes(statement));
        var recorded = RecordedBuild.Parse(bundle.RootElement.GetProperty("dsseEnvelope").GetProperty("payload").GetBytesFromBase64());
        var modules = Path.Combine(project.Folder, "plain-modcache");
        var outputs = PlainOutputs(project);
        var environment = new Dictionary<string, string>(recorded.Environment) { ["GOMODCACHE"] = modules };
        var download = new Dictionary<string, string>(environment) { ["GOPROXY"] = project.ProxyUrl };
        new Command("go mod download", go, ["mod", "download"], download, project.Source).Answer();
        var command = recorded.Command.Skip(1).ToList();
        command[command.IndexOf("-o") + 1] = outputs + "/";
        return new Command("go build, as the provenance records it", go, command, environment, project.Source, () => Trees.Remove(outputs));
    }

    // Otherwise the two did different work.
    private static void RequireSameBytes(GeneratedProject project)
    {
        var plain = Directory.EnumerateFiles(PlainOutputs(project)).ToList();
        if (plain.Count != GeneratedApplication.Packages.Count
            || !plain.All(file => File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(project.Evidence, "bin", $"{Path.GetFileName(file)}-linux-amd64")))))
        {
            throw new InvalidOperationException("go build and cicompliance run did not build the same programs");
        }
    }

    private static string PlainOutputs(GeneratedProject project) => Path.Combine(project.Folder, "plain-out");

    private static Dictionary<string, string> Ambient(string goCache)
    {
        var ambient = System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(pair => (string)pair.Key, pair => (string)pair.Value!);
        ambient["GOCACHE"] = goCache;
        return ambient;
    }

    private static void ReadStages(string evidence, Dictionary<string, List<double>> stages)
    {
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(evidence, "evidence.json"), Encoding.UTF8));
        foreach (var stage in record.RootElement.GetProperty("stages").EnumerateArray())
        {
            var name = stage.GetProperty("name").GetString()!;
            stages.TryAdd(name, []);
            stages[name].Add(stage.GetProperty("durationMilliseconds").GetDouble());
        }
    }

    internal static string CommitOf(string evidence)
    {
        using var record = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(evidence, "evidence.json")));
        return record.RootElement.GetProperty("run").GetProperty("commit").GetString()!;
    }

    private static void PrintStages(TextWriter output, Dictionary<string, List<double>> stages, TimeSpan whole)
    {
        output.WriteLine("  its stages, medians (from evidence.json):");
        var rest = whole;
        foreach (var (name, times) in stages)
        {
            var median = TimeSpan.FromMilliseconds(times.Order().ElementAt(times.Count / 2));
            rest -= median;
            output.WriteLine($"    {name,-14} {Comparison.Text(median),9}");
        }

        output.WriteLine($"    {"start and seal",-14} {Comparison.Text(rest),9}");
    }
}
