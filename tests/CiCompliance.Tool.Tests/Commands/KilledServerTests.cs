using System.Globalization;
using System.Security.Cryptography;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.Commands;

/// <summary>The server is killed at random points under load, again and again over one folder. <c>./build.sh --target=Faults</c> kills it 200 times.</summary>
public sealed class KilledServerTests : IDisposable
{
    private const int Writers = 12;

    private readonly TempDirectory temporary = new();

    private static int Kills => int.Parse(Environment.GetEnvironmentVariable("CICOMPLIANCE_KILLS") ?? "8", NumberStyles.None, CultureInfo.InvariantCulture);

    public void Dispose() => temporary.Dispose();

    [Test]
    public async Task LosesNoAcknowledgedEntry_NeverForks_AndKnowsItsDuplicates()
    {
        using var log = new ServedLog(temporary.Combine("log"), temporary.Combine("log.pem"));
        for (var kill = 0; kill < Kills; kill++)
        {
            log.Start();
            await log.CheckAsync(all: false);
            var atLeast = log.Acknowledged + RandomNumberGenerator.GetInt32(5, 60);
            var writers = Enumerable.Range(0, Writers).Select(_ => log.AppendUntilKilledAsync()).ToList();
            SpinWait.SpinUntil(() => log.Acknowledged >= atLeast || log.Process!.HasExited, TimeSpan.FromMinutes(1)).ShouldBeTrue();
            // Answers come in groups: anywhere between two of them as well.
            Thread.Sleep(TimeSpan.FromMicroseconds(RandomNumberGenerator.GetInt32(20_000)));
            log.Kill();
            await Task.WhenAll(writers);
        }

        log.Start();
        await log.CheckAsync(all: true);
        log.Acknowledged.ShouldBeGreaterThan(Kills * 5);
        await TestContext.Out.WriteLineAsync($"killed {Kills} times: {log.Acknowledged} acknowledged entries, all there");
    }
}
