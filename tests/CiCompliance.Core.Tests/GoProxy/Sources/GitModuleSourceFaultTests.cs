using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using CiCompliance.GoProxy.Sources;

namespace CiCompliance.Core.Tests.GoProxy.Sources;

/// <summary>What fails says so, never that a module is not there; and what was left half-made is made again.</summary>
public sealed class GitModuleSourceFaultTests
{
    private const string Password = "s3cret-canary";
    private GitSourceFixture fixture = null!;
    private GitHttpServer? server;

    [SetUp]
    public void SetUp()
    {
        fixture = new();
        fixture.GoMod("go.mod", GitSourceFixture.Root);
        File.WriteAllBytes(fixture.Git.File("noise"), RandomNumberGenerator.GetBytes(2 << 20));
        fixture.Git.Commit("first");
        fixture.Git.Run("tag", "v1.0.0");
    }

    [TearDown]
    public void TearDown()
    {
        server?.Dispose();
        fixture.Dispose();
    }

    [Test]
    public async Task NoRepository_IsNotFound()
    {
        fixture.Create(new(), "file://" + fixture.Scratch("none"));
        await Should.ThrowAsync<ModuleNotFoundException>(() => fixture.ResolveAsync("v1.0.0"));
        fixture.Create(new(), Serve() + "/none");
        await Should.ThrowAsync<ModuleNotFoundException>(() => fixture.ResolveAsync("v1.0.0"));
        fixture.Copies.ShouldBeEmpty();
    }

    [TestCase(HttpStatusCode.Forbidden)]
    [TestCase(HttpStatusCode.InternalServerError)]
    [TestCase(HttpStatusCode.ServiceUnavailable)]
    [TestCase(HttpStatusCode.Found)]
    [TestCase(HttpStatusCode.NoContent)]
    public async Task OtherAnswers_AreUndecided(HttpStatusCode status)
    {
        fixture.Create(new(), Serve() + "/repository");
        server!.Status = status;
        await Should.ThrowAsync<ModuleSourceException>(() => fixture.ResolveAsync("v1.0.0"));
    }

    [Test]
    public async Task AForgeThatIsDown_IsUndecided()
    {
        var url = Serve() + "/repository";
        server!.Dispose();
        fixture.Create(new(), url);
        (await Should.ThrowAsync<ModuleSourceException>(() => fixture.ResolveAsync("v1.0.0"))).Message.ShouldContain("127.0.0.1");
    }

    [Test]
    public async Task AForgeThatHangs_IsUndecided()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        fixture.Create(new() { NetworkTimeout = TimeSpan.FromSeconds(1) }, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/repository");
        (await Should.ThrowAsync<ModuleSourceException>(() => fixture.ResolveAsync("v1.0.0"))).Message.ShouldContain("00:00:01");
    }

    [Test]
    public async Task AFetchThatBreaksOff_IsUndecidedAndCanBeDoneAgain()
    {
        fixture.Create(new(), Serve() + "/repository");
        server!.CutAfter = 1 << 20;
        await Should.ThrowAsync<ModuleSourceException>(() => fixture.ResolveAsync("v1.0.0"));
        server.CutAfter = null;
        (await fixture.FilesAsync("v1.0.0")).ShouldBe(["go.mod", "noise"], ignoreOrder: true);
    }

    [TestCase("")]
    [TestCase("http://user:wrong-canary@{0}\n")]
    public async Task AWrongPassword_IsUndecidedAndLeavesTheFileAlone(string line)
    {
        var url = Serve() + "/repository";
        server!.Login = "user:" + Password;
        var file = Credentials(line);
        var before = await File.ReadAllTextAsync(file);
        fixture.Create(new(), url, modules => modules with { CredentialsFile = file });
        var e = await Should.ThrowAsync<ModuleSourceException>(() => fixture.ResolveAsync("v1.0.0"));
        e.ToString().ShouldNotContain("canary");
        (await File.ReadAllTextAsync(file)).ShouldBe(before);
    }

    [Test]
    public async Task TheRightPassword_IsReadByGitAlone()
    {
        var url = Serve() + "/repository";
        server!.Login = "user:" + Password;
        var file = Credentials($"http://user:{Password}@{{0}}\n");
        var runner = new RecordingRunner();
        fixture.Create(new(), url, modules => modules with { CredentialsFile = file }, processes: runner);
        (await fixture.FilesAsync("v1.0.0")).Count.ShouldBe(2);
        var said = runner.Requests.SelectMany(request => request.Arguments.Concat(request.Environment.Values)).ToList();
        said.ShouldContain(word => word.Contains(file, StringComparison.Ordinal));
        said.ShouldAllBe(word => !word.Contains(Password, StringComparison.Ordinal));
        foreach (var copied in Directory.EnumerateFiles(fixture.Work, "*", SearchOption.AllDirectories))
        {
            (await File.ReadAllTextAsync(copied)).ShouldNotContain(Password);
        }
    }

    [Test]
    public async Task ARepositoryThatIsTooLarge_IsRefusedAndRemoved()
    {
        fixture.Create(new() { MaxRepositoryBytes = 1 << 20 });
        (await Should.ThrowAsync<ModuleSourceException>(() => fixture.ResolveAsync("v1.0.0"))).Message.ShouldContain("larger than 1048576");
        fixture.Copies.ShouldBeEmpty();
    }

    [Test]
    public async Task AFetchThatGrowsTooLarge_IsEnded()
    {
        fixture.Create(new() { MaxRepositoryBytes = 1, SizeInterval = TimeSpan.Zero });
        await Should.ThrowAsync<ModuleSourceException>(() => fixture.ResolveAsync("v1.0.0"));
        fixture.Copies.ShouldBeEmpty();
    }

    [TestCase("busy", Description = "killed in a fetch")]
    [TestCase("HEAD", Description = "killed while it was made")]
    [TestCase("objects")]
    [TestCase("packs")]
    [TestCase("index")]
    public async Task ADamagedCopy_IsMadeAgain(string damage)
    {
        // So many are kept in one pack.
        for (var i = 0; i < 120; i++)
        {
            fixture.Git.Write($"pack/{i}", $"{i}\n");
        }

        fixture.Git.Commit("many");
        fixture.Git.Run("tag", "v1.1.0");
        (await fixture.FilesAsync(damage == "index" ? "v1.1.0" : "v1.0.0")).Count.ShouldBeGreaterThan(1);
        var copy = fixture.Copies.Single();
        var marker = Path.Combine(copy, "marker");
        await File.WriteAllTextAsync(marker, "");
        switch (damage)
        {
            case "busy":
                await File.WriteAllTextAsync(copy + ".busy", "");
                break;
            case "HEAD":
                File.Delete(Path.Combine(copy, "HEAD"));
                break;
            case "objects":
                Directory.Delete(Path.Combine(copy, "objects"), recursive: true);
                break;
            default:
                foreach (var file in Directory.EnumerateFiles(Path.Combine(copy, "objects"), damage == "packs" ? "*" : "*.idx", SearchOption.AllDirectories))
                {
                    File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                    await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(file))[..20]);
                }

                break;
        }

        fixture.Create(new());
        (await fixture.FilesAsync("v1.1.0")).Count.ShouldBe(122);
        File.Exists(marker).ShouldBeFalse();
    }

    [Test]
    public async Task Cancelling_EndsGitAndIsNoAnswer()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        fixture.Create(new(), $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/repository");
        using var cancel = new CancellationTokenSource();
        var asked = fixture.Source.ListAsync(GitSourceFixture.Root, cancel.Token);
        using var connection = await listener.AcceptTcpClientAsync();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => asked);
    }

    [Test]
    public async Task ManyAtOnce_TakeTurns()
    {
        var files = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => fixture.FilesAsync("v1.0.0")));
        files.ShouldAllBe(names => names.Count == 2);
    }

    [Test]
    public async Task Ssh_GetsItsKeyAndHostsAndNothingElse()
    {
        var log = fixture.Scratch("ssh.log");
        Directory.CreateDirectory(fixture.Scratch("bin"));
        var ssh = Path.Combine(fixture.Scratch("bin"), "ssh");
        await File.WriteAllTextAsync(ssh, $"#!/bin/sh\nprintf '%s\\n' \"$@\" >>{log}\nfor last; do :; done\nexec sh -c \"$last\"\n");
        File.SetUnixFileMode(ssh, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        fixture.Create(new(), "ssh://git@forge.test" + fixture.Git.Path, modules => modules with { SshKeyFile = "/keys/id", KnownHostsFile = "/keys/hosts" },
            searchPath: fixture.Scratch("bin") + ":" + Environment.GetEnvironmentVariable("PATH"));
        (await fixture.FilesAsync("v1.0.0")).Count.ShouldBe(2);
        var words = await File.ReadAllLinesAsync(log);
        words.ShouldContain("git@forge.test");
        string.Join(' ', words).ShouldContain("-F /dev/null -o BatchMode=yes -o IdentitiesOnly=yes -o IdentityAgent=none -o StrictHostKeyChecking=yes");
        string.Join(' ', words).ShouldContain("-o UserKnownHostsFile=/keys/hosts -o ConnectTimeout=30 -i /keys/id");
        await File.WriteAllTextAsync(ssh, "#!/bin/sh\necho 'git@forge.test: Permission denied (publickey).' >&2\nexit 255\n");
        (await Should.ThrowAsync<ModuleSourceException>(() => fixture.ResolveAsync("main"))).Message.ShouldContain("Permission denied");
    }

    private string Serve() => (server = new(fixture.Git)).Root;

    private string Credentials(string line)
    {
        var file = fixture.Scratch("credentials");
        File.WriteAllText(file, string.Format(System.Globalization.CultureInfo.InvariantCulture, line, server!.Root["http://".Length..]));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }
}
