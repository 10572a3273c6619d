using System.Diagnostics;
using Cake.Core;

namespace CiCompliance.Build;

internal static class ChildProcess
{
    /// <summary>Runs a program with this process's own streams and environment.</summary>
    public static int Run(string fileName, IEnumerable<string> arguments, string? workingDirectory = null)
    {
        using var process = Process.Start(new ProcessStartInfo(fileName, arguments) { WorkingDirectory = workingDirectory ?? "" })!;
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Runs a program with exactly this environment and gives its standard output.</summary>
    /// <exception cref="CakeException">It failed; with what it said.</exception>
    public static byte[] Capture(
        string fileName, IEnumerable<string> arguments, string workingDirectory, IReadOnlyDictionary<string, string> environment, byte[]? input = null)
    {
        var info = new ProcessStartInfo(fileName, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            info.Environment[name] = value;
        }

        using var process = Process.Start(info)!;
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.BaseStream.Write(input ?? []);
        process.StandardInput.Close();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.ToArray()
            : throw new CakeException(3, $"{fileName} {string.Join(' ', info.ArgumentList)} failed: {error.GetAwaiter().GetResult().Trim()}");
    }

    /// <summary>Runs a program with its output, both streams, going to a file.</summary>
    /// <returns>Its exit code, or null when it was ended after <paramref name="timeout"/>.</returns>
    public static async Task<int?> RunToFileAsync(ProcessStartInfo info, string outputFile, TimeSpan timeout)
    {
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        using var process = Process.Start(info)!;
        using var deadline = new CancellationTokenSource(timeout);
        await using var writer = new StreamWriter(outputFile);
        var file = TextWriter.Synchronized(writer);
        var streams = Task.WhenAll(CopyAsync(process.StandardOutput), CopyAsync(process.StandardError));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return null;
        }

        await streams;
        return process.ExitCode;

        async Task CopyAsync(StreamReader reader)
        {
            while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
            {
                await file.WriteLineAsync(line);
            }
        }
    }
}
