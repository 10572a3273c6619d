using System.Diagnostics;
using System.Net;
using System.Text;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.Commands;

/// <summary>A server of the tool as a process over one folder, started again and again, and everything that it ever acknowledged.</summary>
internal abstract class ServedProcess : IDisposable
{
    private readonly StringBuilder events = new();

    /// <param name="folder">Its own.</param>
    protected ServedProcess(string folder) => Folder = folder;

    public string Folder { get; }

    public Process? Process { get; private set; }

    public string Address { get; private set; } = "";

    /// <summary>How many things it said are done.</summary>
    public abstract int Acknowledged { get; }

    /// <summary>What it wrote to standard error.</summary>
    public string Events
    {
        get
        {
            lock (events)
            {
                return events.ToString();
            }
        }
    }

    protected HttpClient Client { get; } = new() { Timeout = TimeSpan.FromMinutes(1) };

    /// <summary>Behind the name of the tool.</summary>
    protected abstract IReadOnlyList<string> Arguments { get; }

    /// <summary>Asks for one thing after the other until the server is gone, and keeps what is acknowledged.</summary>
    public async Task WorkUntilKilledAsync()
    {
        try
        {
            while (true)
            {
                await WorkAsync();
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // Killed: what was not answered was not acknowledged.
        }
    }

    /// <summary>
    /// It only grew since the last look, and what was acknowledged is as it was said to be: all of it, or what came since the last look and some that is older.
    /// </summary>
    public abstract Task CheckAsync(bool all);

    /// <summary>Starts it; it is up when this returns.</summary>
    public void Start()
    {
        Launch();
        if (Address.Length == 0)
        {
            Process!.WaitForExit();
            Assert.Fail($"it ended with {Process.ExitCode}: {Events}");
        }
    }

    /// <returns>How it ended, where it did not start.</returns>
    public int StartRefused()
    {
        Launch();
        Address.ShouldBeEmpty("it must not start");
        Process!.WaitForExit();
        return Process.ExitCode;
    }

    public void Kill()
    {
        Process!.Kill();
        Process.WaitForExit();
    }

    public async Task<HttpStatusCode> GetAsync(string path)
    {
        using var answer = await Client.GetAsync(new Uri(Address + path));
        return answer.StatusCode;
    }

    public async Task WaitUntilReadyAsync()
    {
        for (var began = Stopwatch.StartNew(); await GetAsync("/readyz") != HttpStatusCode.OK; await Task.Delay(100))
        {
            began.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1), "it goes on by itself: " + Events);
        }
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Asks for one thing that must be acknowledged.</summary>
    protected abstract Task WorkAsync();

    protected virtual void Dispose(bool disposing)
    {
        if (Process is { HasExited: false })
        {
            Kill();
        }

        Process?.Dispose();
        Client.Dispose();
    }

    private void Launch()
    {
        // The signal for a file over its limit would end the process: a full disk sends none.
        var info = new ProcessStartInfo("/bin/sh", ["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", Peers.Require("dotnet"), Path.Combine(AppContext.BaseDirectory, "cicompliance.dll"), .. Arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        Process?.Dispose();
        Process = Process.Start(info)!;
        Process.ErrorDataReceived += (_, line) =>
        {
            lock (events)
            {
                events.Append(line.Data).Append('\n');
            }
        };
        Process.BeginErrorReadLine();
        Address = Process.StandardOutput.ReadLine() ?? "";
    }
}
