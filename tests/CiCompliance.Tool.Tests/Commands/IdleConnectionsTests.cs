using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.Commands;

/// <summary>10,000 connections that do nothing, or begin a request and do no more.</summary>
public sealed class IdleConnectionsTests : IDisposable
{
    private const int Connections = 10_000;
    private const int MaxBytesEach = 24 << 10;

    private readonly TempDirectory temporary = new();

    public void Dispose() => temporary.Dispose();

    [Test]
    public async Task TenThousand_CostLittleMemory_AndOthersAreServed()
    {
        if (OpenFiles() < Connections + 1000)
        {
            Assert.Ignore("unavailable: 11,000 open files in a process");
        }

        using var log = new ServedLog(temporary.Combine("log"), temporary.Combine("log.pem"));
        log.Start();
        for (var i = 0; i < 50; i++)
        {
            (await log.AppendAsync()).ShouldBe(HttpStatusCode.Created);
        }

        var before = Own(log);
        var sockets = new List<Socket>(Connections);
        try
        {
            var server = new IPEndPoint(IPAddress.Loopback, new Uri(log.Address).Port);
            for (var i = 0; i < Connections; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                await socket.ConnectAsync(server);
                if (i % 2 == 0)
                {
                    await socket.SendAsync("POST /api/v1/log/entries HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"u8.ToArray());
                }
            }

            for (var i = 0; i < 50; i++)
            {
                (await log.AppendAsync()).ShouldBe(HttpStatusCode.Created, "others are served");
            }

            var after = Own(log);
            await TestContext.Out.WriteLineAsync($"{before >> 20} MB before, {after >> 20} MB with {Connections} idle connections");
            (after - before).ShouldBeLessThan((long)Connections * MaxBytesEach);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }

        await log.CheckAsync(all: true);
    }

    private static long Own(ServedLog log) =>
        long.Parse(Field($"/proc/{log.Process!.Id}/status", "RssAnon:")[^2], CultureInfo.InvariantCulture) * 1024;

    private static long OpenFiles() => long.TryParse(Field("/proc/self/limits", "Max open files")[^2], out var limit) ? limit : long.MaxValue;

    private static string[] Field(string file, string name) =>
        File.ReadLines(file).First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
