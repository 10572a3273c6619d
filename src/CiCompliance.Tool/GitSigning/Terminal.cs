using CiCompliance.Processes;

namespace CiCompliance.Tool.GitSigning;

/// <summary>The terminal that the process belongs to: git holds all three standard streams.</summary>
internal static class Terminal
{
    private const string Device = "/dev/tty";

    // With its trap the echo comes back also when the question is interrupted. The passphrase goes through the shell's output, never through an argument
    // or a variable of the environment.
    private const string Script = """
        exec </dev/tty || exit 1
        saved=$(stty -g) || exit 1
        trap 'stty "$saved"' EXIT
        trap 'exit 1' INT TERM HUP
        stty -echo && printf '%s' "$1" >/dev/tty || exit 1
        IFS= read -r line || exit 1
        printf '\n' >/dev/tty
        printf '%s\n' "$line"
        """;

    /// <returns>With its newline, for the caller to clear; null where nobody could be asked, or nobody answered.</returns>
    public static async Task<byte[]?> AskAsync(
        IProcessRunner processes, IReadOnlyDictionary<string, string> environment, string key, Language language, CancellationToken cancellationToken)
    {
        var prompt = new LocalizedText($"Passphrase of {SafeText.Line(key)}: ", $"{SafeText.Line(key)} 的口令:").In(language);
        var result = await processes.RunAsync(
            new("/bin/sh", ["-c", Script, "sh", prompt], "/", environment) { Timeout = TimeSpan.FromMinutes(5), MaxOutputBytes = 2048 }, cancellationToken);
        return result.ExitCode == 0 && result.StandardOutput.Length > 1 ? result.StandardOutput : null;
    }

    /// <summary>Where there is no terminal nobody is there to read it.</summary>
    public static void TryWrite(string text)
    {
        try
        {
            using var terminal = new FileStream(Device, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            terminal.Write(System.Text.Encoding.UTF8.GetBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The same text stands on standard error.
        }
    }
}
