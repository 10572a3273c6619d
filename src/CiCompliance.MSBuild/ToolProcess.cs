using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using CiCompliance.Processes;

namespace CiCompliance.MSBuild;

/// <summary>How the tool ended, and the whole of its standard output.</summary>
internal sealed record ToolOutcome(int ExitCode, string Answer);

/// <summary>
/// One run of the tool: arguments as a list, never as a line that something splits again. Cancelling asks it to end (SIGTERM), so that it
/// ends its own children and removes what is half written; one that doesn't is killed with all that it started.
/// </summary>
internal static partial class ToolProcess
{
    private const int SigTerm = 15;

    // After Ctrl-C a terminal has told the tool already, and a second signal would make it stop without clearing up.
    private static readonly TimeSpan UntilAsked = TimeSpan.FromSeconds(1);

    // The tool gives its own stages eight seconds.
    private static readonly TimeSpan UntilKilled = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan UntilMessagesEnd = TimeSpan.FromSeconds(10);

    /// <exception cref="CiComplianceException">It could not be started (CIC0011), or its output doesn't end (CIC0030).</exception>
    /// <exception cref="OperationCanceledException">Cancelled; it has ended.</exception>
    public static ToolOutcome Run(string tool, IReadOnlyList<string> arguments, string workingDirectory, Action<string> show, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var process = Start(tool, arguments, workingDirectory);
        void EndWithUs(object? sender, EventArgs e)
        {
            // SIGTERM ends dotnet build with 0 otherwise, though a gate had not answered yet.
            Environment.ExitCode = Pipeline.ExitCode.Cancelled;
            ToolOutput.Kill(process);
        }

        AppDomain.CurrentDomain.ProcessExit += EndWithUs;
        try
        {
#pragma warning disable CA2025 // Finish waits for it, and the finally below ends the process where that was not reached.
            var answer = ToolOutput.ReadAsync(process, MSBuildDiagnostics.NoAnswer);
#pragma warning restore CA2025
            var messages = ShowAsync(process.StandardError, show);
            process.StandardInput.Close();
            using (cancellationToken.Register(() => End(process)))
            {
                process.WaitForExit();
            }

            cancellationToken.ThrowIfCancellationRequested();
            var text = ToolOutput.Finish(answer, process.ExitCode, MSBuildDiagnostics.NoAnswer);
            return messages.Wait(UntilMessagesEnd, CancellationToken.None)
                ? new ToolOutcome(process.ExitCode, text)
                : throw ToolAnswer.Missing(MSBuildDiagnostics.NoAnswer,
                    new($"exit code {process.ExitCode}, but its messages do not end", $"退出码 {process.ExitCode},但其消息没有结束"));
        }
        finally
        {
            AppDomain.CurrentDomain.ProcessExit -= EndWithUs;
            ToolOutput.Kill(process);
        }
    }

    private static Process Start(string tool, IReadOnlyList<string> arguments, string workingDirectory)
    {
        var isAssembly = tool.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        var program = isAssembly ? DotNet : tool;
        var info = new ProcessStartInfo(program, isAssembly ? ["exec", tool, .. arguments] : arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
        };
        // A flag is a property here, and false says no.
        ToolArguments.WeakeningVariables.ToList().ForEach(name => info.Environment.Remove(name));
        try
        {
            return File.Exists(tool) ? Process.Start(info)! : throw NotStarted(tool, "no such file", null);
        }
        catch (Win32Exception e)
        {
            throw NotStarted(program, e.Message, e);
        }
    }

    // The SDK that runs this build; it says where it is, and the process is it in the usual case.
    private static string DotNet =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path
        : Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath!
        : Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    private static async System.Threading.Tasks.Task ShowAsync(StreamReader reader, Action<string> show)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            show(line);
        }
    }

    private static void End(Process process)
    {
        if (!OperatingSystem.IsWindows() && !process.WaitForExit(UntilAsked))
        {
            _ = SendSignal(process.Id, SigTerm);
            process.WaitForExit(UntilKilled);
        }

        ToolOutput.Kill(process);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int processId, int signal);

    private static CiComplianceException NotStarted(string path, string why, Exception? cause) => new(ProcessDiagnostics.NotStarted, path,
        new($"it could not be started ({why})", $"无法启动({why})"), new("Restore the package CiCompliance.MSBuild again", "请重新还原 CiCompliance.MSBuild 包"), cause);
}
