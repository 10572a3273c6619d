using System.Runtime.InteropServices;

namespace CiCompliance.MSBuild;

/// <summary>
/// SIGTERM ends <c>dotnet build</c> with 0. The tool may work on another node, so every process that has run a task of this package remembers
/// the signal and ends with 130 after it. It lasts as long as the process, and does nothing without the signal.
/// </summary>
internal static class Termination
{
    private static readonly Lazy<PosixSignalRegistration> Registration = new(Register);

    public static void Watch() => _ = Registration.Value;

    private static PosixSignalRegistration Register()
    {
        var isTerminated = false;
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (isTerminated)
            {
                Environment.ExitCode = Pipeline.ExitCode.Cancelled;
            }
        };
        return PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => isTerminated = true);
    }
}
