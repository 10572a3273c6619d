using System.Diagnostics;
using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Load;

/// <summary><c>cicompliance serve log</c> as a process, over a folder that is there already or is made.</summary>
internal sealed class ServedLog : IDisposable
{
    private readonly Process process;

    private ServedLog(Process process, Uri address, TimeSpan startUp)
    {
        this.process = process;
        Address = address;
        StartUp = startUp;
    }

    public Uri Address { get; }

    /// <summary>From the start of the process until it says where it listens.</summary>
    public TimeSpan StartUp { get; }

    public int ProcessId => process.Id;

    /// <summary>A key for <see cref="Start"/> and <see cref="Create"/>.</summary>
    public static string WriteKey(string file, EcdsaTestSigner key)
    {
        File.WriteAllText(file, key.PrivatePem);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    public static void Create(string tool, string folder, string key)
    {
        using var init = Process.Start(new ProcessStartInfo(tool, ["log", "init", folder, "--origin", "log.example.test", "--log-key", key]) { RedirectStandardOutput = true })!;
        init.StandardOutput.ReadToEnd();
        init.WaitForExit();
        if (init.ExitCode != 0)
        {
            throw new InvalidOperationException($"cicompliance log init ended with {init.ExitCode}");
        }
    }

    public static ServedLog Start(string tool, string folder, string key)
    {
        var start = Stopwatch.GetTimestamp();
        var process = Process.Start(new ProcessStartInfo(tool, ["serve", "log", "--path", folder, "--log-key", key, "--listen", "127.0.0.1:0"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var address = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("cicompliance serve log did not start");
        return new(process, new Uri(address), Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Bytes, of <c>/proc/PID/status</c>: <c>VmRSS:</c> or <c>RssAnon:</c>.</summary>
    public long Memory(string line) =>
        long.Parse(File.ReadLines($"/proc/{process.Id}/status").First(text => text.StartsWith(line, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]) * 1024;

    /// <summary>As <c>kill -9</c>.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            Kill();
        }

        process.Dispose();
    }
}
