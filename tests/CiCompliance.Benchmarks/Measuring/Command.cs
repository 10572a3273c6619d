using System.Diagnostics;

namespace CiCompliance.Benchmarks.Measuring;

/// <summary>One whole process, its output thrown away.</summary>
/// <param name="Environment">Null: this process's own; otherwise exactly this.</param>
/// <param name="Prepare">Done before each start, outside the time.</param>
internal sealed record Command(
    string Label,
    string Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string>? Environment = null,
    string? Folder = null,
    Action? Prepare = null)
{
    private const int SampleMilliseconds = 2;

    /// <summary>Exit codes that mean it did its work: a hardening checker says "no" with 1.</summary>
    public IReadOnlyList<int> Expected { get; init; } = [0];

    /// <exception cref="InvalidOperationException">It ended with another exit code.</exception>
    public TimeSpan Time()
    {
        Prepare?.Invoke();
        var start = Stopwatch.GetTimestamp();
        using var process = Start();
        process.WaitForExit();
        var elapsed = Stopwatch.GetElapsedTime(start);
        Require(process);
        return elapsed;
    }

    /// <summary>The largest resident set the process itself had, in bytes: the kernel's own high-water mark, as last seen before it ended.</summary>
    /// <exception cref="InvalidOperationException">It ended with another exit code, or too fast to be seen.</exception>
    public long PeakMemory() => Peaks().Resident;

    /// <summary>As <see cref="PeakMemory"/>, and the largest part of it that was no page of a file: what is mapped can be dropped at any time.</summary>
    public (long Resident, long Own) Peaks()
    {
        Prepare?.Invoke();
        using var process = Start();
        var status = $"/proc/{process.Id}/status";
        var (peak, own) = (0L, 0L);
        while (!process.WaitForExit(SampleMilliseconds))
        {
            peak = Math.Max(peak, Value(status, "VmHWM:"));
            own = Math.Max(own, Value(status, "RssAnon:"));
        }

        Require(process);
        return peak > 0 ? (peak, own) : throw new InvalidOperationException($"{Label} ended before its memory could be read");
    }

    /// <summary>Its standard output.</summary>
    public string Answer()
    {
        using var process = Process.Start(Info(Program, Arguments, redirect: true))!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return Expected.Contains(process.ExitCode) ? output : throw Failed(process.ExitCode, error.GetAwaiter().GetResult());
    }

    private static long Value(string status, string name)
    {
        try
        {
            var line = File.ReadLines(status).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]) * 1024;
        }
        catch (IOException)
        {
            // It has just ended.
            return 0;
        }
    }

    // The shell replaces itself by the program: same process, output to nowhere.
    private Process Start() => Process.Start(Info("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1", Program, .. Arguments], redirect: false))!;

    private ProcessStartInfo Info(string program, IEnumerable<string> arguments, bool redirect)
    {
        var info = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder ?? "", RedirectStandardOutput = redirect, RedirectStandardError = redirect };
        if (Environment is not null)
        {
            info.Environment.Clear();
            foreach (var (name, value) in Environment)
            {
                info.Environment[name] = value;
            }
        }

        return info;
    }

    private void Require(Process process)
    {
        if (!Expected.Contains(process.ExitCode))
        {
            throw Failed(process.ExitCode, "run it by hand to see what it says");
        }
    }

    private InvalidOperationException Failed(int exitCode, string error) =>
        new($"{Label} ended with {exitCode}: {Program} {string.Join(' ', Arguments)}\n{error}");
}
