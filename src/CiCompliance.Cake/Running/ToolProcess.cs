using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using CiCompliance.Pipeline;

namespace CiCompliance.Cake.Running;

/// <summary>
/// One run of the tool with this process's environment and standard error; its standard output is the answer. A signal ends the tool, which
/// cleans up, and not this process before it.
/// </summary>
internal static partial class ToolProcess
{
    private const int Terminate = 15;

    // The tool gives its own stages eight seconds to end.
    private static readonly TimeSpan UntilKilled = TimeSpan.FromSeconds(15);

    /// <returns>The exit code, 130 when a signal came meanwhile, and the answer.</returns>
    /// <exception cref="global::Cake.Core.CakeException">It cannot be started (CIC0040).</exception>
    /// <exception cref="CiComplianceException">Its answer is too long, or does not end (CIC0045).</exception>
    public static (int ExitCode, string Answer) Run(
        ToolCommand tool, IEnumerable<string> arguments, string workingDirectory, IReadOnlyDictionary<string, string> variables,
        IEnumerable<string> removed)
    {
        var info = new ProcessStartInfo(tool.FileName, [.. tool.Arguments, .. arguments]) { WorkingDirectory = workingDirectory, RedirectStandardOutput = true };
        removed.ToList().ForEach(name => info.Environment.Remove(name));
        foreach (var (name, value) in variables)
        {
            info.Environment[name] = value;
        }

        var isCancelled = false;
        var child = 0;
        Process? started = null;
        // A terminal sends Ctrl-C to the tool as well, and the tool takes a second one as "at once": so only SIGTERM is passed on.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Hold);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            Hold(context);
            PassOn(child);
        });
        using var process = started = Start(info);
        child = process.Id;
        if (isCancelled)
        {
            PassOn(child);
        }

        try
        {
#pragma warning disable CA2025 // Finish waits for it, and the finally below ends the process where that was not reached.
            var output = ToolOutput.ReadAsync(process, CakeDiagnostics.NoAnswer);
#pragma warning restore CA2025
            process.WaitForExit();
            child = 0;
            return isCancelled ? (ExitCode.Cancelled, "") : (process.ExitCode, ToolOutput.Finish(output, process.ExitCode, CakeDiagnostics.NoAnswer));
        }
        finally
        {
            ToolOutput.Kill(process);
        }

        void Hold(PosixSignalContext context)
        {
            context.Cancel = true;
            isCancelled = true;
            _ = KillLaterAsync(() => started);
        }
    }

    private static Process Start(ProcessStartInfo info)
    {
        try
        {
            return Process.Start(info)!;
        }
        catch (Win32Exception e)
        {
            throw Refusal.Of(CakeDiagnostics.NoTool, info.FileName, new($"it could not be started ({e.Message})", $"无法启动({e.Message})"),
                new("Give a program that can be run", "请给出可执行的程序"));
        }
    }

    private static async Task KillLaterAsync(Func<Process?> started)
    {
        await Task.Delay(UntilKilled);
        if (started() is { } process)
        {
            ToolOutput.Kill(process);
        }
    }

    private static void PassOn(int child)
    {
        if (child != 0 && !OperatingSystem.IsWindows())
        {
            _ = Kill(child, Terminate);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
