using System.Diagnostics;
using System.Text;

namespace CiCompliance.Doors;

/// <summary>The tool's standard output, in bounds of size and time.</summary>
public static class ToolOutput
{
    private const int MaxCharacters = 64 << 20;

    // A child of the tool's that outlives it may hold the stream open.
    private static readonly TimeSpan UntilStreamsEnd = TimeSpan.FromSeconds(10);

    /// <summary>Reads all of it; a process that prints more than an answer can be is killed, so that it cannot wait for a reader for ever.</summary>
    /// <param name="process">Started, its output redirected.</param>
    /// <param name="missing">The door's diagnostic.</param>
    /// <returns>What it printed.</returns>
    /// <exception cref="CiComplianceException">More than an answer can be.</exception>
    public static async Task<string> ReadAsync(Process process, Diagnostic missing)
    {
        var text = new StringBuilder();
        var buffer = new char[16 << 10];
        int read;
        while ((read = await process.StandardOutput.ReadAsync(buffer)) > 0)
        {
            if (text.Length + read > MaxCharacters)
            {
                Kill(process);
                throw ToolAnswer.Missing(missing, new($"its answer is longer than {MaxCharacters} characters", $"其答复超过 {MaxCharacters} 个字符"));
            }

            text.Append(buffer, 0, read);
        }

        return text.ToString();
    }

    /// <summary>Waits for what was read of a process that has ended.</summary>
    /// <param name="output">From <see cref="ReadAsync"/>.</param>
    /// <param name="exitCode">The process's.</param>
    /// <param name="missing">The door's diagnostic.</param>
    /// <returns>What it printed.</returns>
    /// <exception cref="CiComplianceException">More than an answer can be, or it does not end.</exception>
    public static string Finish(Task<string> output, int exitCode, Diagnostic missing) =>
        Task.WaitAny([output], UntilStreamsEnd) == 0 ? output.GetAwaiter().GetResult()
        : throw ToolAnswer.Missing(missing, new($"exit code {exitCode}, but its output does not end", $"退出码 {exitCode},但其输出没有结束"));

    /// <summary>Kills a process and what it started.</summary>
    /// <param name="process">Started; may have ended.</param>
    public static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It had ended.
        }
    }
}
