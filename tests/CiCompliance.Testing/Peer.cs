using System.Diagnostics;

namespace CiCompliance.Testing;

/// <summary>Runs one of the <see cref="Peers"/> to its end.</summary>
public static class Peer
{
    public sealed record Result(int ExitCode, byte[] Output, string Error)
    {
        public string Text => System.Text.Encoding.UTF8.GetString(Output);
    }

    /// <exception cref="InvalidOperationException">It failed; the message carries its standard error.</exception>
    public static Result Run(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, byte[]? input = null)
    {
        var result = TryRun(program, arguments, environment, input);
        return result.ExitCode == 0 ? result : throw new InvalidOperationException($"{program} exited {result.ExitCode}: {result.Error}");
    }

    public static Result TryRun(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, byte[]? input = null)
    {
        var start = new ProcessStartInfo(Peers.Require(program), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var feeding = Task.Run(() =>
        {
            try
            {
                process.StandardInput.BaseStream.Write(input ?? []);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended without reading all: its exit code says whether that was right.
            }
        });
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        feeding.Wait();
        process.WaitForExit();
        return new Result(process.ExitCode, output.ToArray(), error.Result);
    }
}
