using System.Runtime.InteropServices;
using CiCompliance.Pipeline;

namespace CiCompliance.Tool.Hosting;

/// <summary>
/// Ctrl-C and SIGTERM cancel the run: children are ended, unfinished files removed, exit 130. A second signal, or a run that does not end in time,
/// ends the process at once.
/// </summary>
internal sealed class Signals : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly CancellationTokenSource cancellation = new();
    private readonly PosixSignalRegistration interrupt;
    private readonly PosixSignalRegistration terminate;
    private Timer? deadline;

    public Signals()
    {
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
    }

    public CancellationToken Token => cancellation.Token;

    public void Dispose()
    {
        interrupt.Dispose();
        terminate.Dispose();
        deadline?.Dispose();
        cancellation.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (cancellation.IsCancellationRequested)
        {
            Environment.Exit(ExitCode.Cancelled);
        }

        deadline = new Timer(_ => Environment.Exit(ExitCode.Cancelled), null, Patience, Timeout.InfiniteTimeSpan);
        cancellation.Cancel();
    }
}
