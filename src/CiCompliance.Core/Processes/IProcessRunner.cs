using System.Diagnostics;

namespace CiCompliance.Processes;

/// <summary>Runs child processes with exactly the given environment, bounded in time and output.</summary>
public interface IProcessRunner
{
    /// <exception cref="CiComplianceException">It could not be started, passed its time or its output limit (CIC0011-CIC0013).</exception>
    /// <exception cref="IOException"><see cref="ProcessRequest.OutputDestination"/> can't be written; the process was ended first.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the process and its children were ended first.</exception>
    Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellationToken);
}

/// <param name="FileName">An absolute path: PATH is never searched.</param>
/// <param name="Environment">The whole environment of the child; nothing is inherited.</param>
public sealed record ProcessRequest(
    string FileName,
    IReadOnlyList<string> Arguments,
    string WorkingDirectory,
    IReadOnlyDictionary<string, string> Environment)
{
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Limit for each of standard output and standard error, in bytes.</summary>
    public int MaxOutputBytes { get; init; } = 64 << 20;

    public ReadOnlyMemory<byte> StandardInput { get; init; }

    /// <summary>Takes standard output, under the same limit, in place of <see cref="ProcessResult.StandardOutput"/>, which then is empty: for what memory should not hold.</summary>
    public Stream? OutputDestination { get; init; }

    /// <summary>How to start it: all three streams redirected, no shell, nothing inherited.</summary>
    public ProcessStartInfo ToStartInfo()
    {
        var info = new ProcessStartInfo(FileName, Arguments)
        {
            WorkingDirectory = WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        info.Environment.Clear();
        foreach (var (name, value) in Environment)
        {
            info.Environment[name] = value;
        }

        return info;
    }
}

public sealed record ProcessResult(int ExitCode, byte[] StandardOutput, byte[] StandardError)
{
    public string Output => System.Text.Encoding.UTF8.GetString(StandardOutput);

    public string Error => System.Text.Encoding.UTF8.GetString(StandardError);
}
