using CiCompliance.Cryptography;
using CiCompliance.Go;
using CiCompliance.GoProxy.Publishers;
using CiCompliance.GoProxy.Sources;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.GoProxy;

/// <summary>What the developer sees of a private module, in the words of the real go command, for each thing that can be with its publisher's signature.</summary>
[Category(Peers.Category)]
internal sealed class PublisherTableTests
{
    private const string Module = "git.example.cn/team/lib";

    private static readonly Dictionary<string, string> Files = new() { ["go.mod"] = $"module {Module}\n", ["lib.go"] = "package lib\n" };

    [TestCase("go1.19", KeyAlgorithm.Sm2)]
    [TestCase("go1.23", KeyAlgorithm.Sm2)]
    [TestCase("go1.23", KeyAlgorithm.EcdsaP256)]
    [TestCase("go1.23", KeyAlgorithm.Ed25519)]
    public async Task ValidSignature_IsPassedOn(string go, KeyAlgorithm algorithm)
    {
        await using var world = await World.StartAsync(algorithm);
        world.Sign(world.Statement);

        var (exit, output) = world.Build(go);

        exit.ShouldBe(0, output);
        world.Proxy.Decisions.ShouldContain($"\"signer\":\"{world.Publisher.Key.Id}\"");
        world.Proxy.Public.Requests.ShouldNotContain(request => request.Contains("git.example.cn", StringComparison.Ordinal));
    }

    [TestCase("go1.19")]
    [TestCase("go1.23")]
    public async Task MissingSignature_IsRefusedWithAnAlarm(string go)
    {
        await using var world = await World.StartAsync();

        Refused(world, go, "CIC7103", 403);
    }

    [Test]
    public async Task InvalidSignature_IsRefusedWithAnAlarm()
    {
        await using var world = await World.StartAsync();
        world.Sign(ModuleStatement.Create(new(Module, "v1.0.0"), world.Statement.GoModHash, world.Statement.GoModHash));

        Refused(world, "go1.23", "CIC7104", 403);
    }

    [Test]
    public async Task KeyOfAnotherPrefix_IsRefusedWithAnAlarm()
    {
        await using var world = await World.StartAsync(prefix: "git.example.cn/other");
        world.Sign(world.Statement);

        Refused(world, "go1.23", "CIC7105", 403);
    }

    [Test]
    public async Task SignatureServiceThatIsDown_IsUndecided()
    {
        await using var world = await World.StartAsync(isDown: true);

        Refused(world, "go1.23", "CIC7107", 503);
        world.Proxy.Events.ToString().ShouldNotContain("\"event\":\"alarm\"");
    }

    private static void Refused(World world, string go, string code, int status)
    {
        var (exit, output) = world.Build(go);
        TestContext.Out.WriteLine(output);
        exit.ShouldNotBe(0);
        output.ShouldContain($"{code} {Module}@v1.0.0");
        output.ShouldContain($": {status} ");
        world.Proxy.Decisions.ShouldContain($"\"code\":\"{code}\"");
        if (status == 403)
        {
            world.Proxy.Events.ToString().ShouldContain("\"event\":\"alarm\"");
        }

        Directory.GetFiles(Path.Combine(world.Proxy.Path, "cache", "files"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    private sealed class World : IAsyncDisposable
    {
        private readonly FixtureModuleProxy forge = new(new FixtureSumdb("unused.test", Ed25519Fixture.Random()));
        private readonly HttpMessageInvoker http = new(new SocketsHttpHandler());

        private World(TestPublisher publisher) => Publisher = publisher;

        public RunningProxy Proxy { get; private set; } = null!;

        public TestPublisher Publisher { get; }

        public ModuleStatement Statement { get; private set; } = null!;

        public static async Task<World> StartAsync(KeyAlgorithm algorithm = KeyAlgorithm.Sm2, string prefix = "git.example.cn/team", bool isDown = false)
        {
            var world = new World(TestPublisher.Create(algorithm, prefix));
            var sums = world.forge.Add(Module, "v1.0.0", Files, inDatabase: false).Split(['\n', ' ']);
            world.Statement = ModuleStatement.Create(new(Module, "v1.0.0"), sums[2], sums[5]);
            world.Proxy = await RunningProxy.StartAsync(
                configuration => configuration with { Rules = configuration.Rules with { Private = ["git.example.cn"] } },
                before: proxy =>
                {
                    // A folder that isn't there is a service that is down.
                    Directory.CreateDirectory(proxy.Directory.Combine("signatures"));
                    proxy.PrivateSources = [("git.example.cn", new HttpModuleSource(new(world.forge.Url), [], world.http, TimeProvider.System))];
                    proxy.Signatures = new PublisherVerifier(
                        new TrustStore(TrustStore.CurrentVersion, [world.Publisher.Key]),
                        [isDown ? new HttpSignatures("http://127.0.0.1:1/", TimeSpan.FromSeconds(2), TimeProvider.System) : new FolderSignatures(proxy.Directory.Combine("signatures"))],
                        proxy.Verifier, new OpenPgpSignatureVerifier(TimeProvider.System), TimeProvider.System);
                });
            return world;
        }

        public void Sign(ModuleStatement statement) =>
            new FolderSignatures(Proxy.Directory.Combine("signatures")).Write(Statement, ModuleSignatures.Over(statement, [Publisher.Sign(statement)]));

        public (int ExitCode, string Output) Build(string go)
        {
            var project = Proxy.Directory.Combine("project");
            Directory.CreateDirectory(project);
            File.WriteAllText(Path.Combine(project, "go.mod"), $"module example.com/app\n\ngo 1.19\n\nrequire {Module} v1.0.0\n");
            File.WriteAllText(Path.Combine(project, "main.go"), $"package main\n\nimport _ \"{Module}\"\n\nfunc main() {{}}\n");
            return Proxy.Go(go, project, go, "build", "-o", "app", ".");
        }

        public async ValueTask DisposeAsync()
        {
            await Proxy.DisposeAsync();
            forge.Dispose();
            http.Dispose();
            Publisher.Dispose();
        }
    }
}
