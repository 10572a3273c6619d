namespace CiCompliance.Testing;

/// <summary>The same numbers in every run on every runtime, for mutation tests (Knuth's MMIX generator).</summary>
public sealed class DeterministicBytes(ulong seed)
{
    private ulong state = seed;

    /// <summary>From 0 up to, not including, <paramref name="limit"/>.</summary>
    public int Next(int limit)
    {
        state = (state * 6364136223846793005) + 1442695040888963407;
        return (int)((state >> 33) % (ulong)limit);
    }
}
