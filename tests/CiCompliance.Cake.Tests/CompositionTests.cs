using Cake.Frosting;
using CiCompliance.Cake.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace CiCompliance.Cake.Tests;

/// <summary>Hosts that are put together in other ways. The tests' own assembly has no task that a host would find.</summary>
[NonParallelizable]
[Platform("Linux")]
public sealed class CompositionTests
{
    private FakeTool tool = null!;

    [SetUp]
    public void Make() => tool = new FakeTool();

    [TearDown]
    public void Remove() => tool.Dispose();

    [Test]
    public void Run_WithoutReplacedTasks_IsOneRunOfTheTool()
    {
        Run(Host(), "--target=Run", "--stages=source,build").ExitCode.ShouldBe(0);
        tool.Calls.ShouldBe(["run --stages=source,build"]);
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(130)]
    public void Run_OfAllStages_KeepsTheExitCode(int exitCode)
    {
        tool.EndWith(exitCode);
        Run(Host(), "--target=Run").ExitCode.ShouldBe(exitCode);
        tool.Calls.Count.ShouldBe(1);
    }

    [Test]
    public void ReplacedTask_ThatDoesNotDeriveFromTheStages_IsRefused()
    {
        var (exitCode, output) = Run(With<OwnBuildTask>(), "--target=Build");
        exitCode.ShouldBe(2);
        output.ShouldContain("CIC0043");
        tool.Calls.ShouldBeEmpty();
    }

    [Test]
    public void ReplacedTask_ThatDerives_KeepsTheDependencies()
    {
        Run(With<CachedBuildTask>(), "--target=Build").ExitCode.ShouldBe(0);
        tool.Calls.ShouldBe(["run --stages=environment", "run --stages=source", "run --stages=dependencies", "run --stages=build --module-cache=/cache"]);
    }

    [Test]
    public void ReplacedTasks_TwoForOneStage_AreRefused() =>
        Run(With<CachedBuildTask>().ConfigureServices(services => services.AddSingleton<IFrostingTask, OtherBuildTask>()), "--target=Build").ExitCode.ShouldBe(2);

    [Test]
    public void DerivedTask_UnderAnotherName_ReplacesNothing()
    {
        Run(With<ExtraBuildTask>(), "--target=Run").ExitCode.ShouldBe(0);
        tool.Calls.ShouldBe(["run --stages=environment,source,dependencies,build,binary,sbom,sign,record,assess,seal"]);
    }

    [Test]
    public void Context_ThatIsAnother_IsRefused()
    {
        var (exitCode, output) = Run(new CakeHost().AddAssembly(typeof(ComplianceContext).Assembly), "--target=Run");
        exitCode.ShouldBe(2);
        output.ShouldContain("CIC0044");
    }

    [TestCase("token")]
    [TestCase("p256-certificates")]
    public void Alias_WithASecretAsAValue_NeverStartsTheTool(string option)
    {
        var (exitCode, output) = Run(With<PublishTask>(), "--target=Publish", $"--option=--{option}");
        exitCode.ShouldBe(2);
        output.ShouldContain("CIC0042");
        output.ShouldNotContain("canary-77");
        tool.Calls.ShouldBeEmpty();
    }

    [TestCase(1, 1)]
    [TestCase(2, 2)]
    public void Stop_ByATaskOfTheBuild_GivesItsExitCode(int exitCode, int expected) =>
        Run(With<StopTask>(), "--target=Stop", $"--code={exitCode}").ExitCode.ShouldBe(expected);

    [Test]
    public void Host_RunWithoutRunCompliance_StillFails()
    {
        tool.EndWith(1);
        Host().Run(["--target=VerifyCommits", $"--tool={tool.Script}"]).ShouldNotBe(0);
    }

    private static CakeHost Host() => new CakeHost().AddAssembly(typeof(ComplianceContext).Assembly).UseContext<ComplianceContext>();

    private static CakeHost With<TTask>()
        where TTask : class, IFrostingTask => Host().ConfigureServices(services => services.AddSingleton<IFrostingTask, TTask>());

    private (int ExitCode, string Output) Run(CakeHost host, params string[] args)
    {
        var (before, beforeError) = (Console.Out, Console.Error);
        using var output = new StringWriter();
        try
        {
            Console.SetOut(output);
            Console.SetError(output);
            return (host.RunCompliance([.. args, $"--tool={tool.Script}"]), output.ToString());
        }
        finally
        {
            Console.SetOut(before);
            Console.SetError(beforeError);
        }
    }

    [TaskName("build")]
    internal sealed class OwnBuildTask : FrostingTask<ComplianceContext>;

    [TaskName("Build")]
    internal sealed class CachedBuildTask : BuildTask
    {
        public override void Run(ComplianceContext context)
        {
            context.Options.ModuleCache = "/cache";
            base.Run(context);
        }
    }

    [TaskName("Build")]
    internal sealed class OtherBuildTask : BuildTask;

    internal sealed class ExtraBuildTask : BuildTask;

    [TaskName("Publish")]
    internal sealed class PublishTask : FrostingTask<ComplianceContext>
    {
        public override void Run(ComplianceContext context) => context.CiCompliance("publish", "github", context.Arguments.GetArguments("option").Single(), "canary-77");
    }

    [TaskName("Stop")]
    internal sealed class StopTask : FrostingTask<ComplianceContext>
    {
        public override void Run(ComplianceContext context) =>
            throw context.Stop(int.Parse(context.Arguments.GetArguments("code").Single()), "stopped");
    }
}
