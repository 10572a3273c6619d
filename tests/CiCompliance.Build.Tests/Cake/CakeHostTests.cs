using Cake.Core;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;

namespace CiCompliance.Build.Tests.Cake;

/// <summary>What the tasks of this repository rely on; it holds for the stand-in and for the published Cake.Frosting alike.</summary>
[NonParallelizable]
public sealed class CakeHostTests
{
    [Test]
    public void Run_WhenATargetDependsOnAnother_RunsThatFirst() =>
        Run("--target=Second").Trace.ShouldBe(["first", "second"]);

    [Test]
    public void Run_WhenTheTargetStandsAfterASpace_RunsIt() => Run("--target", "Second").ExitCode.ShouldBe(0);

    [Test]
    public void Run_WhenNoTargetIsGiven_RunsDefault() => Run().Trace.ShouldBe(["default"]);

    [Test]
    public void Run_WhenATaskShouldNotRun_LeavesItOut() => Run("--target=AfterUnwanted").Trace.ShouldBe(["after"]);

    [Test]
    public void Run_WhenTheTargetIsUnknown_Fails() => Run("--target=Nowhere").ExitCode.ShouldNotBe(0);

    // Frosting 6.0.0: -1 for any exception. What an exit code means is kept by ComplianceHost.RunCompliance.
    [TestCase("Throws")]
    [TestCase("ThrowsLater")]
    [TestCase("ThrowsOther")]
    public void Run_WhenATaskThrows_IsNotZero(string target) => Run($"--target={target}").ExitCode.ShouldNotBe(0);

    [Test]
    public void Run_WhenADependencyFails_DoesNotRunTheTarget()
    {
        var (exitCode, trace) = Run("--target=AfterThrows");
        exitCode.ShouldNotBe(0);
        trace.ShouldBeEmpty();
    }

    [TestCase("--target=Arguments", "--range=a=b..c", ExpectedResult = "a=b..c")]
    [TestCase("--target=Arguments", "--RANGE", "a..b", ExpectedResult = "a..b")]
    [TestCase("--target=Arguments", ExpectedResult = "none")]
    public string Arguments_AsTyped_ReachTheTask(params string[] args) => Run(args).Trace.Single();

    private static (int ExitCode, List<string> Trace) Run(params string[] args)
    {
        var trace = new Trace();
        var exitCode = new CakeHost()
            .AddAssembly(typeof(CakeHostTests).Assembly)
            .ConfigureServices(services => services.AddSingleton(trace))
            .UseContext<TraceContext>()
            .UseWorkingDirectory(".")
            .Run(args);
        return (exitCode, trace.Steps);
    }
}

public sealed class Trace
{
    public List<string> Steps { get; } = [];
}

public sealed class TraceContext(ICakeContext context, Trace trace) : FrostingContext(context)
{
    public void Add(string step) => trace.Steps.Add(step);
}

[TaskName("Default")]
public sealed class DefaultTask : FrostingTask<TraceContext>
{
    public override void Run(TraceContext context) => context.Add("default");
}

[TaskName("First")]
public sealed class FirstTask : AsyncFrostingTask<TraceContext>
{
    public override async Task RunAsync(TraceContext context)
    {
        await Task.Yield();
        context.Add("first");
    }
}

[TaskName("Second")]
[TaskDescription("Comes after the first")]
[IsDependentOn(typeof(FirstTask))]
public sealed class SecondTask : FrostingTask<TraceContext>
{
    public override void Run(TraceContext context) => context.Add("second");
}

[TaskName("Unwanted")]
public sealed class UnwantedTask : FrostingTask<TraceContext>
{
    public override bool ShouldRun(TraceContext context) => false;

    public override void Run(TraceContext context) => context.Add("unwanted");
}

[TaskName("AfterUnwanted")]
[IsDependentOn(typeof(UnwantedTask))]
public sealed class AfterUnwantedTask : FrostingTask<TraceContext>
{
    public override void Run(TraceContext context) => context.Add("after");
}

[TaskName("Throws")]
public sealed class ThrowsTask : FrostingTask<TraceContext>
{
    public override void Run(TraceContext context) => throw new CakeException(3, "could not decide");
}

[TaskName("ThrowsLater")]
public sealed class ThrowsLaterTask : AsyncFrostingTask<TraceContext>
{
    public override async Task RunAsync(TraceContext context)
    {
        await Task.Yield();
        throw new CakeException(3, "could not decide");
    }
}

[TaskName("ThrowsOther")]
public sealed class ThrowsOtherTask : FrostingTask<TraceContext>
{
    public override void Run(TraceContext context) => throw new InvalidOperationException("broken");
}

[TaskName("AfterThrows")]
[IsDependentOn(typeof(ThrowsTask))]
public sealed class AfterThrowsTask : FrostingTask<TraceContext>
{
    public override void Run(TraceContext context) => context.Add("after");
}

[TaskName("Arguments")]
public sealed class ArgumentsTask : FrostingTask<TraceContext>
{
    public override void Run(TraceContext context) => context.Add(context.Arguments.GetArguments("range").LastOrDefault() ?? "none");
}
