using CiCompliance.Server.Hosting;
using CiCompliance.Server.Log.Entries;

namespace CiCompliance.Server.Log.Sequencing;

/// <summary>An entry in the queue.</summary>
/// <param name="lookedUpTo">Entries before this one are known not to be the same.</param>
internal sealed class PendingEntry(EntryCandidate entry, long lookedUpTo)
{
    private readonly TaskCompletionSource<SequencedEntry> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EntryCandidate Entry => entry;

    public long LookedUpTo => lookedUpTo;

    public Task<SequencedEntry> Task => done.Task;

    public void Complete(SequencedEntry logged) => done.TrySetResult(logged);

    public void Fail(UnavailableException reason) => done.TrySetException(reason);
}

/// <summary>Where an entry stands.</summary>
/// <param name="Head">The first checkpoint that covers it; null where the entry was in the log already.</param>
internal readonly record struct SequencedEntry(long Index, long IntegratedTime, LogHead? Head);
