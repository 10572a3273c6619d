namespace CiCompliance.Source;

/// <summary>
/// Commits by number, with what <see cref="CommitWalk"/> needs of each in 16 bytes beside its id. Numbers are given in the order of naming.
/// Grows by pieces that are never copied, so that nothing is held twice.
/// </summary>
internal sealed class CommitGraph(GitObjectFormat format)
{
    private const int PieceBits = 13;
    private const int PieceSize = 1 << PieceBits;

    private readonly CommitNumbers numbers = new(format);
    private readonly List<Node[]> pieces = [];

    // Only of commits with other than one parent: how many, then their numbers.
    private readonly List<int> severalParents = [];

    public int Count => numbers.Count;

    public ref Node this[int number] => ref pieces[number >> PieceBits][number & (PieceSize - 1)];

    /// <summary>The number of a commit, a new one where it has none.</summary>
    /// <exception cref="FormatException">Not an object id of the format.</exception>
    public int NumberOf(string oid)
    {
        var number = numbers.NumberOf(oid);
        if (number >> PieceBits == pieces.Count)
        {
            pieces.Add(new Node[PieceSize]);
        }

        return number;
    }

    public string OidOf(int number) => numbers.OidOf(number);

    /// <exception cref="FormatException">As <see cref="NumberOf"/>.</exception>
    public void SetParents(int number, IReadOnlyList<string> oids)
    {
        if (oids is [var only])
        {
            var parent = NumberOf(only);
            this[number].Parents = parent;
            return;
        }

        this[number].Parents = ~severalParents.Count;
        severalParents.Add(oids.Count);
        foreach (var oid in oids)
        {
            severalParents.Add(NumberOf(oid));
        }
    }

    /// <summary>In their order; none before <see cref="SetParents"/>.</summary>
    public int[] ParentsOf(int number) => this[number] switch
    {
        { IsRead: false } => [],
        { Parents: >= 0 and var only } => [only],
        { Parents: var several } => [.. severalParents.GetRange(~several + 1, severalParents[~several])],
    };

    internal struct Node
    {
        private const long ReadBit = 1, QueuedBit = 2, ExcludedBit = 4;
        private const int DateShift = 3;

        /// <summary>The one parent's number, or the complement of where they stand in the list.</summary>
        public int Parents;

        private int via;
        private long dateAndBits;

        /// <summary>The child through which the base reaches this commit; -1: none.</summary>
        public int Via
        {
            readonly get => via - 1;
            set => via = value + 1;
        }

        /// <summary>Seconds of Unix time, 0 to the year 9999.</summary>
        public long Date
        {
            readonly get => dateAndBits >> DateShift;
            set => dateAndBits = (value << DateShift) | (dateAndBits & ((1 << DateShift) - 1));
        }

        public bool IsRead
        {
            readonly get => (dateAndBits & ReadBit) != 0;
            set => Set(ReadBit, value);
        }

        public bool IsQueued
        {
            readonly get => (dateAndBits & QueuedBit) != 0;
            set => Set(QueuedBit, value);
        }

        public bool IsExcluded
        {
            readonly get => (dateAndBits & ExcludedBit) != 0;
            set => Set(ExcludedBit, value);
        }

        private void Set(long bit, bool value) => dateAndBits = value ? dateAndBits | bit : dateAndBits & ~bit;
    }
}
