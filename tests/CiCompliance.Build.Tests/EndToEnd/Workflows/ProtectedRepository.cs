using CiCompliance.Build.Quickstart;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>An origin whose protected branch holds policy and trust store, and one signed commit after that.</summary>
internal sealed class ProtectedRepository
{
    private readonly string folder;
    private readonly string work;

    public ProtectedRepository(TempDirectory temporary)
    {
        folder = temporary.Path;
        work = temporary.Combine("work");
        Origin = temporary.Combine("origin.git");
        Scenario.Copy(Scenario.Repository, work);
        temporary.Write("work/compliance.yml", Scenario.Policy);
        Directory.CreateDirectory(Path.Combine(work, ".cicompliance"));
        File.Copy(Scenario.Trust, Path.Combine(work, ".cicompliance", "trust.json"));
        Git("add", "--all");
        Git("commit", "--quiet", "--message=Set the rules");
        Base = Git("rev-parse", "HEAD");
        Head = Signed("Serve more");
        Git("clone", "--quiet", "--bare", work, Origin);
    }

    public string Origin { get; }

    /// <summary>What the protected branch was before the last push.</summary>
    public string Base { get; }

    public string Head { get; }

    /// <summary>A commit on top of the protected branch, pushed to <paramref name="reference"/>; unsigned where no key is at hand.</summary>
    public string Propose(string reference, bool isSigned)
    {
        Git("checkout", "--quiet", "--detach", Head);
        if (isSigned)
        {
            Signed("Propose a change");
        }
        else
        {
            Git("commit", "--quiet", "--allow-empty", "--no-gpg-sign", "--message=Propose a change");
        }

        Git("push", "--quiet", Origin, $"HEAD:{reference}");
        return Git("rev-parse", "HEAD");
    }

    private string Signed(string message)
    {
        File.AppendAllText(Path.Combine(work, "README.md"), message + "\n");
        Git("add", "--all");
        using var repository = new QuickstartRepository(work);
        repository.CommitWithSm2(message, Scenario.Committer);
        return Git("rev-parse", "HEAD");
    }

    private string Git(params string[] arguments) => System.Text.Encoding.UTF8.GetString(ChildProcess.Capture("git",
        ["-c", "user.name=x", "-c", "user.email=x@example.com", .. arguments], work,
        new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = folder, ["GIT_CONFIG_NOSYSTEM"] = "1" })).Trim();
}
