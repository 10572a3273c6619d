using System.Diagnostics;
using System.Security.Cryptography;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Processes;

namespace CiCompliance.Core.Tests.GoProxy.Sources;

/// <summary>Copies of repositories within the bounds of the cache, with real git: never one in use, and never half of one.</summary>
public sealed class GitEvictionTests
{
    private const long Plenty = 1L << 40;
    private static readonly TimeSpan Age = TimeSpan.FromDays(90);

    private GitSourceFixture fixture = null!;

    private string Copy => fixture.Copies.ShouldHaveSingleItem();

    [SetUp]
    public void SetUp()
    {
        fixture = new();
        fixture.GoMod("go.mod", GitSourceFixture.Root);
        File.WriteAllBytes(fixture.Git.File("noise"), RandomNumberGenerator.GetBytes(100_000));
        fixture.Git.Commit("first");
        fixture.Git.Run("tag", "v1.0.0");
    }

    [TearDown]
    public void TearDown() => fixture.Dispose();

    [Test]
    public async Task CopyThatNobodyAskedFor_Goes_AndIsMadeAgain()
    {
        var zip = await fixture.ZipAsync("v1.0.0");
        Evict(Plenty).ShouldBe(0, "it was asked for just now");
        Directory.SetLastWriteTimeUtc(Copy, DateTime.UtcNow - Age - TimeSpan.FromHours(1));
        await fixture.ZipAsync("v1.0.0");
        Evict(Plenty).ShouldBe(0, "and once more");

        Directory.SetLastWriteTimeUtc(Copy, DateTime.UtcNow - Age - TimeSpan.FromHours(1));
        Evict(Plenty).ShouldBe(1);

        fixture.Copies.ShouldBeEmpty();
        Left().ShouldBeEmpty();
        (await fixture.ZipAsync("v1.0.0")).ShouldBe(zip);
        (await fixture.VersionAsync("main")).ShouldBe("v1.0.0");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Size_IsOfFilesAndCopiesTogether_AndTheLongestUnusedGoes(bool isFileOlder)
    {
        await fixture.ZipAsync("v1.0.0");
        var store = new FileModuleStore(fixture.Scratch("cache"), 0, TimeProvider.System);
        store.Prepare();
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(fixture.Scratch("cache"), "files", "aa")).FullName, "aa");
        await File.WriteAllBytesAsync(file, new byte[50_000]);
        Directory.SetLastWriteTimeUtc(Copy, DateTime.UtcNow - TimeSpan.FromDays(2));
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow - TimeSpan.FromDays(isFileOlder ? 3 : 1));
        var both = fixture.Repositories.Items().Sum(item => item.Bytes) + 50_000;
        both.ShouldBeGreaterThan(150_000);

        Evict(both, store).ShouldBe(0);
        Evict(both - 1, store).ShouldBe(1);

        (File.Exists(file), fixture.Copies.Any()).ShouldBe((!isFileOlder, isFileOlder));
        Evict(10, store).ShouldBe(1);
        (File.Exists(file), fixture.Copies.Any()).ShouldBe((false, false));
    }

    [Test]
    public async Task CopyInUse_Stays()
    {
        var runner = new HeldRunner();
        fixture.Create(new(), processes: runner);
        await fixture.VersionAsync("v1.0.0");
        runner.Hold = true;
        var asked = fixture.ZipAsync("v1.0.0");
        await runner.Held;

        Evict(0).ShouldBe(0);
        Directory.Exists(Copy).ShouldBeTrue();

        runner.Release();
        (await asked).ShouldNotBeEmpty();
        Evict(0).ShouldBe(1);
        fixture.Copies.ShouldBeEmpty();
    }

    [Test]
    public async Task ManyWhoUseCopiesWhileTheyAreEvicted_AllGetTheirs()
    {
        using var ended = new CancellationTokenSource();
        var gone = 0;
        var evicting = Task.Run(async () =>
        {
            while (!ended.IsCancellationRequested)
            {
                gone += Evict(0);
                await Task.Delay(1);
            }
        });
        var zip = await fixture.ZipAsync("v1.0.0");
        for (var i = 0; i < 15; i++)
        {
            (await Task.WhenAll(fixture.ZipAsync("v1.0.0"), fixture.ZipAsync("v1.0.0"))).ShouldAllBe(other => other.SequenceEqual(zip));
            await Task.Delay(5);
        }

        await ended.CancelAsync();
        await evicting;
        gone.ShouldBeGreaterThan(1);
        Left().ShouldBeEmpty();
    }

    [Test]
    public async Task EndInTheMiddleOfARemoval_LeavesNoHalfCopy_AndGoesAtTheNextStart()
    {
        await fixture.VersionAsync("main");
        var copy = Copy;
        if (Run("chattr", "-R", "+i", Path.Combine(copy, "objects")) != 0)
        {
            Assert.Ignore("unavailable: a file system with the attribute 'immutable'");
        }

        string left;
        try
        {
            Should.Throw<Exception>(() => Evict(0)).ShouldSatisfyAllConditions(e => (e is IOException or UnauthorizedAccessException).ShouldBeTrue());
            fixture.Copies.ShouldBeEmpty();
            left = Left().ShouldHaveSingleItem();
            (await fixture.VersionAsync("main")).ShouldBe("v1.0.0", "it is made again beside what is left");
        }
        finally
        {
            Run("chattr", "-R", "-i", fixture.Work);
        }

        Directory.Exists(left).ShouldBeTrue();
        fixture.Create(new());
        Left().ShouldBeEmpty();
        (await fixture.VersionAsync("main")).ShouldBe("v1.0.0");
    }

    [Test]
    public async Task EndBetweenTheRemovalAndItsMark_IsNoHarm()
    {
        await fixture.VersionAsync("main");
        var copy = Copy;
        await File.WriteAllTextAsync(copy + ".busy", "");
        Directory.Delete(copy, recursive: true);
        (await fixture.VersionAsync("main")).ShouldBe("v1.0.0");
        File.Exists(copy + ".busy").ShouldBeFalse();
    }

    private int Evict(long bytes, params ICacheContent[] others) =>
        CacheEviction.Run([fixture.Repositories, .. others], bytes, Age, TimeProvider.System, CancellationToken.None);

    private string[] Left() => Directory.GetFileSystemEntries(Path.Combine(fixture.Work, "tmp"));

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Waits before it runs anything, when it is told to.</summary>
    private sealed class HeldRunner : IProcessRunner
    {
        private readonly ProcessRunner runner = new();
        private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Hold { get; set; }

        public Task Held => held.Task;

        public void Release() => released.SetResult();

        public async Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellationToken)
        {
            if (Hold)
            {
                held.TrySetResult();
                await released.Task;
            }

            return await runner.RunAsync(request, cancellationToken);
        }
    }
}
