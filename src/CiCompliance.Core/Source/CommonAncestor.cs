namespace CiCompliance.Source;

/// <summary>Finds where two lines of history meet, from the commit objects alone.</summary>
public static class CommonAncestor
{
    /// <returns>
    /// A commit that is both revisions or an ancestor of both, newest first by the commits' dates; null where they share no history. Where dates
    /// lie or there are several it may be an older one than git's own: a range that begins there holds more commits, never fewer.
    /// </returns>
    /// <exception cref="CiComplianceException">As <see cref="IGitRepository.Read"/>; more commits than allowed is CIC1016.</exception>
    public static string? Find(IGitRepository repository, string one, string other)
    {
        ArgumentNullException.ThrowIfNull(repository);
        var reached = new Dictionary<string, Reach>(StringComparer.Ordinal);
        var queue = new PriorityQueue<string, (long, int)>();
        Enqueue(one, Reach.One);
        Enqueue(other, Reach.Other);
        var done = new Dictionary<string, Reach>(StringComparer.Ordinal);
        while (queue.TryDequeue(out var oid, out _))
        {
            var sides = reached[oid];
            if (sides == Reach.Both)
            {
                return oid;
            }

            if (done.TryGetValue(oid, out var before) && before == sides)
            {
                continue;
            }

            done[oid] = sides;
            foreach (var parent in Read(oid).Parents)
            {
                Enqueue(parent, sides);
            }
        }

        return null;

        void Enqueue(string oid, Reach side)
        {
            var known = reached.GetValueOrDefault(oid);
            if ((known | side) == known)
            {
                return;
            }

            if (reached.Count == CommitWalk.MaxCommits)
            {
                throw SourceFailures.TooLarge($"commit {one}", new($"its history has more than {CommitWalk.MaxCommits} commits", $"其历史超过 {CommitWalk.MaxCommits} 个提交"));
            }

            reached[oid] = known | side;
            queue.Enqueue(oid, (-(Read(oid).CommittedAt?.ToUnixTimeSeconds() ?? 0), reached.Count));
        }

        CommitObject Read(string oid) => CommitWalk.Parse(repository.Read(oid, CommitWalk.MaxCommitBytes));
    }

    [Flags]
    private enum Reach
    {
        None = 0,
        One = 1,
        Other = 2,
        Both = One | Other,
    }
}
