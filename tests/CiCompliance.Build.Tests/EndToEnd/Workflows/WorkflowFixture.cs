using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>The reusable workflow on a runner that is simulated, for a push to the protected branch of a repository whose base has passed.</summary>
public abstract class WorkflowFixture
{
    protected const string Token = "ghs_canary0123456789";

    protected static IReadOnlyList<string> KeySecrets { get; } = ["SM2_KEY", "P256_KEY", "LOG_KEY", "LOG_SM2_KEY"];

    internal TempDirectory Temporary { get; private set; } = null!;

    internal StatusApi Statuses { get; private set; } = null!;

    internal ProtectedRepository Repository { get; private set; } = null!;

    internal RunContext Context { get; private set; } = null!;

    internal SimulatedRunner Runner { get; private set; } = null!;

    [SetUp]
    public void SetUpWorkflow()
    {
        Temporary = new TempDirectory();
        Repository = new ProtectedRepository(Temporary);
        Statuses = new StatusApi();
        Statuses.Add(Repository.Base, "success");
        Context = new RunContext
        {
            GitHub = new()
            {
                ["event_name"] = "push", ["sha"] = Repository.Head, ["ref_protected"] = "true", ["run_attempt"] = "1", ["token"] = Token, ["api_url"] = Statuses.Url,
                ["event.before"] = Repository.Base, ["event.repository.default_branch"] = "main",
            },
            Inputs = new()
            {
                ["tool-version"] = ToolPackage.Version, ["tool-sha256"] = ToolPackage.Write(Temporary.Combine("feed")), ["tool-feed"] = Temporary.Combine("feed"),
                ["sm2-certificates"] = File.ReadAllText(Scenario.KeyFile("sm2-certificates")),
            },
            Secrets = KeySecrets.ToDictionary(name => name, name => File.ReadAllText(Scenario.KeyFile(name.ToLowerInvariant().Replace('_', '-')))),
        };
        Runner = new SimulatedRunner(WorkflowFile.Read(".github/workflows/go-compliance.yml"), Context, Repository.Origin, Temporary.Path);
    }

    [TearDown]
    public void TearDownWorkflow()
    {
        Statuses.Dispose();
        Temporary.Dispose();
    }
}
