namespace CiCompliance.Tool.Hosting;

/// <summary>The process around the tool: streams, environment, terminal, clock.</summary>
/// <param name="Answer">Standard output: the answer and nothing else.</param>
/// <param name="Messages">Standard error: everything else.</param>
/// <param name="IsTerminal">Whether <paramref name="Messages"/> is a terminal.</param>
internal sealed record ToolHost(
    TextWriter Answer,
    TextWriter Messages,
    bool IsTerminal,
    Func<string, string?> Environment,
    string WorkingDirectory,
    TimeProvider Clock)
{
    /// <summary>Opens standard input.</summary>
    public Func<Stream> Input { get; init; } = Console.OpenStandardInput;

#pragma warning disable CA2000 // Standard streams live as long as the process.
    public static ToolHost Current() => new(
        Writer(Console.OpenStandardOutput()),
        Writer(Console.OpenStandardError()),
        !Console.IsErrorRedirected,
        System.Environment.GetEnvironmentVariable,
        System.Environment.CurrentDirectory,
        TimeProvider.System);
#pragma warning restore CA2000

    /// <summary>An absolute path for one that was given on the command line or in a variable.</summary>
    public string PathOf(string path) => Path.GetFullPath(path, WorkingDirectory);

    // No Console.Out: it would start the terminal's encoding and cursor machinery, and rewrite what isn't in the locale.
    private static StreamWriter Writer(Stream stream) => new(stream, new System.Text.UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
}
