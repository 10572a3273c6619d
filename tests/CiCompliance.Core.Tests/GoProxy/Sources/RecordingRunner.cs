using System.Collections.Concurrent;
using CiCompliance.Processes;

namespace CiCompliance.Core.Tests.GoProxy.Sources;

/// <summary>Runs, and keeps what it was asked to run.</summary>
internal sealed class RecordingRunner : IProcessRunner
{
    private readonly ProcessRunner runner = new();

    public ConcurrentQueue<ProcessRequest> Requests { get; } = new();

    public Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellationToken)
    {
        Requests.Enqueue(request);
        return runner.RunAsync(request, cancellationToken);
    }
}
