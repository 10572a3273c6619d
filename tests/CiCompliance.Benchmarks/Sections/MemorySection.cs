using CiCompliance.Benchmarks.Measuring;
using CiCompliance.Benchmarks.Workload;
using CiCompliance.Cryptography;

namespace CiCompliance.Benchmarks.Sections;

/// <summary>Peak memory for a small and a large input.</summary>
internal sealed class MemorySection(Setting setting) : ISection
{
    private const long Small = 1 << 20;
    private const long Large = 1 << 30;

    public string Name => "memory";

    /// <summary>What the child process of this section does.</summary>
    public static void Digest(string file)
    {
        using var content = File.OpenRead(file);
        Console.WriteLine(new DigestCalculator().Compute(content, CancellationToken.None).Sha256);
    }

    public void Run(TextWriter output)
    {
        output.WriteLine("peak memory of whole processes, 1 MiB and 1 GiB inputs (goal: flat)");
        var folder = Path.Combine(setting.Artifacts, "benchmark");
        var program = LargeProgram.Build(setting);
        var (small, large, padded) = (Path.Combine(folder, "small.bin"), Path.Combine(folder, "large.bin"), Path.Combine(folder, "padded"));
        Sparse(small, Small);
        Sparse(large, Large);
        File.Copy(program, padded, overwrite: true);
        Sparse(padded, Large);
        try
        {
            Compare(output, "digest (SHA-256 and SM3)", file => new Command("digest", Environment.ProcessPath!, ["--digest", file]), small, large);
            Compare(output, "verify binary, padded", file => new Command("verify binary", setting.Tool, ["verify", "binary", file, "--format", "json"]) { Expected = [0, 1] }, program, padded);
            VerifyEvidence(output, small, large);
        }
        finally
        {
            new[] { small, large, padded }.ToList().ForEach(File.Delete);
        }
    }

    private void VerifyEvidence(TextWriter output, string small, string large)
    {
        using var project = GeneratedProject.Open(setting.Artifacts, output);
        if (!Directory.Exists(project.Evidence))
        {
            output.WriteLine("  verify evidence: run the section pipeline first");
            return;
        }

        // Another artifact than the evidence's, and keys of another run: it answers no, after it has read all.
        Compare(output, "verify evidence --artifact", file => new Command("verify evidence", setting.Tool,
            ["verify", "evidence", project.Evidence, "--trust", project.Trust, "--repository", GeneratedProject.Repository, "--commit", PipelineSection.CommitOf(project.Evidence), "--allow-demonstration", "--artifact", file]) { Expected = [1] },
            small, large);
    }

    private static void Compare(TextWriter output, string label, Func<string, Command> command, string small, string large)
    {
        var (first, second) = (command(small).PeakMemory(), command(large).PeakMemory());
        output.WriteLine($"  {label,-28} {first / 1e6,7:F1} MB for {new FileInfo(small).Length / 1e6,6:F0} MB, {second / 1e6,7:F1} MB for {new FileInfo(large).Length / 1e6,6:F0} MB: ratio {(double)second / first:F2}");
    }

    private static void Sparse(string path, long length)
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate);
        file.SetLength(length);
    }
}
