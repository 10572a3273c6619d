using CiCompliance.Benchmarks.Hardening;
using CiCompliance.Benchmarks.Measuring;
using CiCompliance.Benchmarks.Workload;
using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Sections;

/// <summary>The judgement of one binary over Debian's checksec, and where the two differ.</summary>
internal sealed class BinarySection(Setting setting) : ISection
{
    private const int Rounds = 15;

    public string Name => "binary";

    public void Run(TextWriter output)
    {
        if (Peers.Find("checksec") is not { } checksec)
        {
            output.WriteLine("verify binary over checksec: no checksec here to compare with");
            return;
        }

        var large = LargeProgram.Build(setting);
        output.WriteLine($"verify binary over checksec, one program of {new FileInfo(large).Length / 1e6:F1} MB (goal: half its time)");
        var comparison = Comparison.Run(Rounds,
        [
            new Command("cicompliance verify binary", setting.Tool, ["verify", "binary", large, "--format", "json"]) { Expected = [0, 1] },
            new Command("checksec", checksec, [$"--file={large}", "--output=json"]),
        ]);
        comparison.Print(output);
        output.WriteLine($"  ratio {comparison.Ratio(0, 1):F2}");
        Disagreements(output, checksec, large);
    }

    private void Disagreements(TextWriter output, string checksec, string large)
    {
        output.WriteLine("where the two and readelf disagree; who is right by these rules over `readelf -hlSdW`:");
        ReadElf.Rules.ToList().ForEach(rule => output.WriteLine($"    {rule}"));
        var asked = 0;
        output.WriteLine($"  {"program",-28} {"property",-9} {"cicompliance",-13} {"checksec",-13} {"readelf",-13} right");
        foreach (var (label, file) in SamplePrograms.All().Prepend(("large program", large)))
        {
            var own = ToolAnswer.Of(setting.Tool, file);
            var other = ChecksecAnswer.Of(checksec, file);
            var truth = ReadElf.Of(file);
            foreach (var (property, expected) in truth)
            {
                asked++;
                var (a, b) = (own.GetValueOrDefault(property, "no answer"), other.GetValueOrDefault(property, "no answer"));
                if (a != expected || b != expected)
                {
                    var right = (a == expected, b == expected) switch { (true, _) => "cicompliance", (_, true) => "checksec", _ => "neither" };
                    output.WriteLine($"  {label,-28} {property,-9} {a,-13} {b,-13} {expected,-13} {right}");
                }
            }
        }

        output.WriteLine($"  {asked} questions asked; those not listed were answered alike");
    }
}
