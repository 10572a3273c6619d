using Microsoft.Build.Framework;

namespace CiCompliance.MSBuild.Tests;

/// <summary>
/// Loaded by the build under test: writes the code and help link of each error and warning to a file. A binary log keeps no help links, and
/// the terminal logger shows them on terminals only.
/// </summary>
public sealed class HelpLinkLogger : ILogger
{
    private StreamWriter? file;

    public LoggerVerbosity Verbosity { get; set; }

    public string? Parameters { get; set; }

    public static IReadOnlyDictionary<string, string> Read(string path) =>
        File.ReadAllLines(path).Select(line => line.Split(' ', 2)).ToDictionary(words => words[0], words => words[1]);

    public void Initialize(IEventSource eventSource)
    {
        file = new StreamWriter(Parameters!);
        eventSource.ErrorRaised += (_, error) => file.WriteLine($"{error.Code} {error.HelpLink}");
        eventSource.WarningRaised += (_, warning) => file.WriteLine($"{warning.Code} {warning.HelpLink}");
    }

    public void Shutdown() => file?.Dispose();
}
