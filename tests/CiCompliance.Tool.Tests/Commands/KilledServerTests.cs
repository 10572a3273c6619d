using System.Globalization;
using System.Security.Cryptography;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.Commands;

/// <summary>Servers are killed at random points under load, again and again over one folder. <c>./build.sh --target=Faults</c> kills each 200 times.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class KilledServerTests : IDisposable
{
    private const int Clients = 12;

    private readonly TempDirectory temporary = new();

    private static int Kills => int.Parse(Environment.GetEnvironmentVariable("CICOMPLIANCE_KILLS") ?? "8", NumberStyles.None, CultureInfo.InvariantCulture);

    public void Dispose() => temporary.Dispose();

    [Test]
    public async Task Log_LosesNoAcknowledgedEntry_NeverForks_AndKnowsItsDuplicates()
    {
        using var log = new ServedLog(temporary.Combine("log"), temporary.Combine("log.pem"));
        await KillAsync(log);
    }

    [Test]
    public async Task GoProxy_LosesNoRecord_NeverForks_AndGivesNoHalfFile()
    {
        using var proxy = new ServedProxy(temporary.Combine("proxy"), temporary.Combine("sumdb.pem"));
        await KillAsync(proxy);
        await TestContext.Out.WriteLineAsync($"{proxy.Records} records");
    }

    private static async Task KillAsync(ServedProcess server)
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            server.Start();
            await server.CheckAsync(all: false);
            var atLeast = server.Acknowledged + RandomNumberGenerator.GetInt32(5, 60);
            var clients = Enumerable.Range(0, Clients).Select(_ => server.WorkUntilKilledAsync()).ToList();
            SpinWait.SpinUntil(() => server.Acknowledged >= atLeast || server.Process!.HasExited || clients.Exists(client => client.IsFaulted), TimeSpan.FromMinutes(1)).ShouldBeTrue();
            // Answers come in groups: anywhere between two of them as well.
            Thread.Sleep(TimeSpan.FromMicroseconds(RandomNumberGenerator.GetInt32(20_000)));
            server.Kill();
            await Task.WhenAll(clients);
        }

        server.Start();
        await server.CheckAsync(all: true);
        server.Acknowledged.ShouldBeGreaterThan(Kills * 5);
        await TestContext.Out.WriteLineAsync($"killed {Kills} times: what was acknowledged {server.Acknowledged} times is all there");
    }
}
