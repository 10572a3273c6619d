using System.Diagnostics;

namespace CiCompliance.Benchmarks.Load;

/// <summary><c>cicompliance serve …</c> as a process that says on its first line where it listens.</summary>
internal sealed class ServedProcess : IDisposable
{
    private readonly Process process;

    private ServedProcess(Process process, Uri address, TimeSpan startUp)
    {
        this.process = process;
        Address = address;
        StartUp = startUp;
    }

    public Uri Address { get; }

    /// <summary>From the start of the process until it says where it listens.</summary>
    public TimeSpan StartUp { get; }

    public int ProcessId => process.Id;

    /// <summary>Runs the tool to its end.</summary>
    /// <returns>Its standard output.</returns>
    /// <exception cref="InvalidOperationException">It ended with another exit code than 0.</exception>
    public static string Run(string tool, params IEnumerable<string> arguments)
    {
        using var run = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true })!;
        var output = run.StandardOutput.ReadToEnd();
        run.WaitForExit();
        return run.ExitCode == 0 ? output : throw new InvalidOperationException($"{tool} {string.Join(' ', arguments)} ended with {run.ExitCode}");
    }

    /// <exception cref="InvalidOperationException">It ended before it listened.</exception>
    public static ServedProcess Start(string tool, params IEnumerable<string> arguments)
    {
        var start = Stopwatch.GetTimestamp();
        var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var address = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{tool} {string.Join(' ', arguments)} did not start");
        return new(process, new Uri(address), Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Bytes, of <c>/proc/PID/status</c>: <c>VmRSS:</c>, <c>RssAnon:</c> or <c>VmHWM:</c>.</summary>
    public long Memory(string line) =>
        long.Parse(File.ReadLines($"/proc/{process.Id}/status").First(text => text.StartsWith(line, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]) * 1024;

    /// <summary>Lets <c>VmHWM:</c> begin again (proc(5), clear_refs).</summary>
    public void ResetPeak() => File.WriteAllText($"/proc/{process.Id}/clear_refs", "5");

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
