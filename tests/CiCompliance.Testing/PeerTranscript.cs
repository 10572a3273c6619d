using System.Globalization;
using System.Text;
using NUnit.Framework;

namespace CiCompliance.Testing;

/// <summary>Puts a peer's command and what it answered into the test's output, as somebody would see them in a terminal.</summary>
public static class PeerTranscript
{
    private const int Head = 1500;
    private const int Tail = 2500;

    /// <summary>Runs one of the <see cref="Peers"/> to its end.</summary>
    public static Peer.Result Run(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var given = arguments.ToList();
        var result = Peer.TryRun(program, given, environment);
        Write([program, .. given], result.Text + result.Error, result.ExitCode);
        return result;
    }

    public static void Write(IEnumerable<string> command, string output, int? exitCode)
    {
        var text = new StringBuilder("$ ").AppendJoin(' ', command.Select(word => word.Contains(' ', StringComparison.Ordinal) ? $"'{word}'" : word)).Append('\n');
        text.Append(output.Length > Head + Tail ? $"{output[..Head]}…\n…{output[^Tail..]}" : output);
        if (output.Length > 0 && output[^1] != '\n')
        {
            text.Append('\n');
        }

        if (exitCode is { } code)
        {
            text.Append(CultureInfo.InvariantCulture, $"[exit {code}]\n");
        }

        TestContext.Out.Write(text.ToString());
    }
}
