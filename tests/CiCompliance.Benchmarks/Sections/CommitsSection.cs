using System.Text;
using CiCompliance.Benchmarks.Measuring;
using CiCompliance.Benchmarks.Workload;
using CiCompliance.Diagnostics;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Sections;

/// <summary><c>verify commits</c> over git's own verification of the same commits, over other kinds of signatures, and over many commits.</summary>
internal sealed class CommitsSection(Setting setting) : ISection
{
    private const int GitRounds = 2;
    private const int Rounds = 7;

    public string Name => "commits";

    private string Evidence => Path.Combine(setting.Artifacts, "benchmark", "histories", "evidence");

    public void Run(TextWriter output)
    {
        var histories = new SignedHistories(Path.Combine(setting.Artifacts, "benchmark", "histories"), output);
        OverGit(output, histories.OpenPgp("gpg-mixed", "rsa3072", "nistp256", "ed25519"));
        Kinds(output, [histories.OpenPgp("gpg-p256", "nistp256"), histories.Sm2("cms-sm2"), histories.Cms("cms-p256"), histories.Ssh("ssh-p256", SignedHistories.Few)]);
        Memory(output, histories.Ssh("ssh-p256", SignedHistories.Few), histories.Ssh("ssh-p256-many", SignedHistories.Many));
        Trees.Remove(Evidence);
    }

    private void OverGit(TextWriter output, History history)
    {
        output.WriteLine($"verify commits over git log --format=%G?, the same {history.Commits} commits signed by gpg (RSA 3072, P-256, Ed25519; at least 25 times faster, goal 50)");
        var git = new Command("git log --format=%G?", Peers.Find("git")!, ["-C", history.Repository, "log", "--format=%H %G?"], GitEnvironment(history));
        var comparison = Comparison.Run(GitRounds, [Verify(history), git]);
        comparison.Print(output);
        output.WriteLine($"  {comparison.Ratio(1, 0):F1} times faster");
        Compare(output, history, git.Answer());
    }

    /// <summary>Commit by commit: git says G (or U, a good signature of a key nobody has rated), we say pass.</summary>
    private void Compare(TextWriter output, History history, string answer)
    {
        Verify(history).Time();
        var ours = File.ReadLines(Path.Combine(Evidence, "source", "commits.jsonl")).Select(line => SignedObjectRow.Parse(Encoding.UTF8.GetBytes(line)))
            .ToDictionary(row => row.Oid, row => row.Verdict == Verdict.Pass);
        var theirs = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(words => words[0], words => words[1] is "G" or "U");
        var differing = theirs.Where(pair => !ours.TryGetValue(pair.Key, out var passed) || passed != pair.Value).Select(pair => pair.Key).ToList();
        output.WriteLine($"  {theirs.Count} verdicts compared, {differing.Count} differ{(differing.Count == 0 ? "" : ": " + string.Join(' ', differing.Take(5)))}; {ours.Values.Count(passed => passed)} pass");
    }

    private void Kinds(TextWriter output, IReadOnlyList<History> histories)
    {
        output.WriteLine($"verify commits by kind of signature, {SignedHistories.Few} commits each, over OpenPGP P-256");
        var comparison = Comparison.Run(Rounds, [.. histories.Select(Verify)]);
        comparison.Print(output);
        for (var index = 1; index < histories.Count; index++)
        {
            output.WriteLine($"  {histories[index].Label} over {histories[0].Label}: {comparison.Ratio(index, 0):F2}");
        }
    }

    private void Memory(TextWriter output, History few, History many)
    {
        output.WriteLine("verify commits, peak memory (goal: flat)");
        var (small, large) = (Verify(few).Peaks(), Verify(many).Peaks());
        output.WriteLine($"  {small.Resident / 1e6:F1} MB for {few.Commits} commits, {large.Resident / 1e6:F1} MB for {many.Commits}: ratio {(double)large.Resident / small.Resident:F2}");
        output.WriteLine($"  without pages of files (the pack is mapped): {small.Own / 1e6:F1} MB, {large.Own / 1e6:F1} MB: ratio {(double)large.Own / small.Own:F2}");
        var comparison = Comparison.Run(1, [Verify(few), Verify(many)]);
        output.WriteLine($"  {Comparison.Text(comparison.Median(0))} and {Comparison.Text(comparison.Median(1))}: {comparison.Ratio(1, 0):F1} times as long for {many.Commits / few.Commits} times as many");
    }

    private Command Verify(History history) => new($"verify commits, {history.Label}", setting.Tool,
        ["verify", "commits", "--quiet", "--project", history.Repository, "--config", history.Policy, "--trust", history.Trust, "--out", Evidence],
        Prepare: () => Trees.Remove(Evidence));

    private static Dictionary<string, string> GitEnvironment(History history) => new()
    {
        ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "",
        ["GNUPGHOME"] = history.GnuPGHome!,
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["LC_ALL"] = "C",
    };
}
