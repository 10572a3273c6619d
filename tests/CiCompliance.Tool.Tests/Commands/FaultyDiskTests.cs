using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.Commands;

/// <summary>Disks that are full, read-only or lose parts of files, under the server as a process.</summary>
public sealed class FaultyDiskTests
{
    private const string Megabyte = "1m";

    private TempDirectory temporary = null!;
    private ServedLog? log;
    private string? mounted;

    [SetUp]
    public void Create() => (temporary, log, mounted) = (new TempDirectory(), null, null);

    [TearDown]
    public void Remove()
    {
        log?.Dispose();
        if (mounted is not null)
        {
            Run("umount", mounted);
        }

        temporary.Dispose();
    }

    [Test]
    public async Task FileThatCannotGrow_TearsAnEntry_LosesNothingAndGoesOn()
    {
        log = new ServedLog(temporary.Combine("log"), temporary.Combine("log.pem"));
        log.Start();
        await AppendAsync(20);
        var room = new FileInfo(Path.Combine(log.Folder, "entries")).Length + 300;
        Limit(room.ToString(CultureInfo.InvariantCulture));

        await RefusedAndUnreadyAsync();
        new FileInfo(Path.Combine(log.Folder, "entries")).Length.ShouldBeLessThanOrEqualTo(room);
        (await log.GetAsync("/api/v1/log/entries?logIndex=5")).ShouldBe(HttpStatusCode.OK, "reading goes on");
        (await log.GetAsync("/healthz")).ShouldBe(HttpStatusCode.OK);

        Limit("unlimited");
        await GoesOnAsync();
    }

    [Test]
    public async Task FullDisk_Is503AndUnready_LosesNothingAndGoesOn()
    {
        log = OnDiskOfItsOwn();
        log.Start();
        await AppendAsync(20);
        var filler = Path.Combine(mounted!, "filler");
        Should.Throw<IOException>(() => File.WriteAllBytes(filler, new byte[2 << 20]));

        // What is left of a page that the file has already may take an entry or two.
        for (var i = 0; i < 100 && await log.AppendAsync() == HttpStatusCode.Created; i++)
        {
        }

        await RefusedAndUnreadyAsync();
        log.Events.ShouldContain("CIC4007");
        (await log.GetAsync("/api/v1/log/entries?logIndex=5")).ShouldBe(HttpStatusCode.OK, "reading goes on");

        File.Delete(filler);
        await GoesOnAsync();
    }

    [Test]
    public void ReadOnlyDisk_AtTheStart_IsSaid()
    {
        log = OnDiskOfItsOwn();
        Run("mount", "-o", "remount,ro", mounted!).ShouldBe(0);
        log.StartRefused().ShouldBe(3);
        log.Events.ShouldContain("CIC4007");
        log.Events.ShouldContain("ead-only file system");
    }

    [Test]
    public async Task FolderThatBecomesReadOnly_Is503AndUnready_UntilItIsNotAnyMore()
    {
        log = new ServedLog(temporary.Combine("log"), temporary.Combine("log.pem"));
        log.Start();
        await AppendAsync(5);
        SetReadOnly(true);
        try
        {
            await RefusedAndUnreadyAsync();
        }
        finally
        {
            SetReadOnly(false);
        }

        await GoesOnAsync();
    }

    [TestCase("hashes")]
    [TestCase("index")]
    public async Task TornDerivedFile_IsMadeAgain(string name)
    {
        log = new ServedLog(temporary.Combine("log"), temporary.Combine("log.pem"));
        log.Start();
        await AppendAsync(20);
        for (var round = 0; round < 4; round++)
        {
            log.Kill();
            Tear(Path.Combine(log.Folder, name), keepAtLeast: 0);
            log.Start();
            await log.CheckAsync(all: true);
            (await log.AppendAsync()).ShouldBe(HttpStatusCode.Created);
        }
    }

    [Test]
    public async Task SearchFilesThatAreNone_AreRemoved()
    {
        log = new ServedLog(temporary.Combine("log"), temporary.Combine("log.pem"));
        log.Start();
        await AppendAsync(5);
        log.Kill();
        var torn = Path.Combine(log.Folder, "search", "000000000000-000000000005.run");
        await File.WriteAllBytesAsync(torn, RandomNumberGenerator.GetBytes(100));
        await File.WriteAllBytesAsync(torn + ".new", RandomNumberGenerator.GetBytes(100));
        log.Start();
        await log.CheckAsync(all: true);
        Directory.EnumerateFiles(Path.Combine(log.Folder, "search")).ShouldBeEmpty();
    }

    [Test]
    public async Task TornLastEntry_IsCutWhereNobodyWasToldOfIt_AndElseRefused()
    {
        log = new ServedLog(temporary.Combine("log"), temporary.Combine("log.pem"));
        log.Start();
        await AppendAsync(20);
        log.Kill();
        var entries = Path.Combine(log.Folder, "entries");
        var whole = await File.ReadAllBytesAsync(entries);
        // The beginning of an entry that was never finished.
        await File.WriteAllBytesAsync(entries, [.. whole, .. whole.AsSpan(0, RandomNumberGenerator.GetInt32(1, 300))]);
        log.Start();
        await log.CheckAsync(all: true);
        (await log.AppendAsync()).ShouldBe(HttpStatusCode.Created);
        log.Kill();

        Tear(entries, keepAtLeast: whole.Length / 2);
        log.StartRefused().ShouldBe(3);
        log.Events.ShouldContain("CIC4001");
    }

    private static void Tear(string file, int keepAtLeast)
    {
        using var stream = new FileStream(file, FileMode.Open);
        stream.SetLength(RandomNumberGenerator.GetInt32(keepAtLeast, (int)stream.Length));
    }

    private async Task AppendAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            (await log!.AppendAsync()).ShouldBe(HttpStatusCode.Created);
        }
    }

    private async Task RefusedAndUnreadyAsync()
    {
        // It tries again every second, and where that works it is ready until the next entry.
        var unready = false;
        for (var i = 0; i < 10; i++)
        {
            (await log!.AppendAsync()).ShouldBe(HttpStatusCode.ServiceUnavailable);
            unready |= await log.GetAsync("/readyz") == HttpStatusCode.ServiceUnavailable;
        }

        unready.ShouldBeTrue();
    }

    private async Task GoesOnAsync()
    {
        await log!.WaitUntilReadyAsync();
        await AppendAsync(5);
        await log.CheckAsync(all: true);
        log.Kill();
        log.Start();
        await log.CheckAsync(all: true);
    }

    private void Limit(string bytes) => Run("prlimit", "--pid", log!.Process!.Id.ToString(CultureInfo.InvariantCulture), $"--fsize={bytes}:").ShouldBe(0);

    private void SetReadOnly(bool readOnly)
    {
        if (Environment.UserName == "root")
        {
            // Root may write whatever the mode says, but not to what is immutable.
            if (Run("chattr", readOnly ? "+i" : "-i", log!.Folder) != 0)
            {
                Assert.Ignore("unavailable: a file system with the attribute 'immutable'");
            }

            return;
        }

        File.SetUnixFileMode(log!.Folder, readOnly ? UnixFileMode.UserRead | UnixFileMode.UserExecute : UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private ServedLog OnDiskOfItsOwn()
    {
        var place = Directory.CreateDirectory(temporary.Combine("disk")).FullName;
        if (Run("mount", "-t", "tmpfs", "-o", "size=" + Megabyte, "tmpfs", place) != 0)
        {
            Assert.Ignore("unavailable: the right to mount a file system");
        }

        mounted = place;
        return new ServedLog(Path.Combine(place, "log"), temporary.Combine("log.pem"));
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
