using System.Buffers;
using System.Buffers.Binary;

namespace CiCompliance.BinaryHardening;

/// <summary>The dynamic section as the loader sees it: found by address through the LOAD segments, never by section headers.</summary>
internal sealed class ElfDynamicTable
{
    public const ulong Needed = 1;
    public const ulong PltGot = 3;
    public const ulong RPath = 15;
    public const ulong TextRel = 22;
    public const ulong BindNow = 24;
    public const ulong RunPath = 29;
    public const ulong Flags = 30;
    public const ulong Flags1 = 0x6ffffffb;
    public const ulong Audit = 0x6ffffefc;
    public const ulong DepAudit = 0x6ffffefb;
    public const ulong Auxiliary = 0x7ffffffd;
    public const ulong Filter = 0x7fffffff;

    private const ulong StringTable = 5;
    private const ulong Rela = 7;
    private const ulong RelaSize = 8;
    private const ulong RelaEntry = 9;
    private const ulong StringSize = 10;
    private const ulong Rel = 17;
    private const ulong PltRelSize = 2;
    private const ulong PltRel = 20;
    private const ulong JumpRel = 23;

    private const int EntrySize = 16;
    private const int RelaEntrySize = 24;
    private const int MaxEntries = 4096;
    private const int MaxStrings = 64 << 20;

    private readonly ElfFile file;
    private readonly List<(ulong Tag, ulong Value)> entries;

    private ElfDynamicTable(ElfFile file, List<(ulong Tag, ulong Value)> entries)
    {
        this.file = file;
        this.entries = entries;
    }

    public static ElfDynamicTable Read(ElfFile file, ElfSegment segment)
    {
        if (segment.FileSize / EntrySize is 0 or > MaxEntries)
        {
            throw new ElfFormatException("the dynamic section is empty or too large");
        }

        // The loader reads memory, this reader the file: both must be the same bytes.
        if (file.OffsetOf(segment.Address, segment.FileSize, "the dynamic section") != segment.Offset)
        {
            throw new ElfFormatException("the dynamic section lies elsewhere in memory than in the file");
        }

        var table = new byte[segment.FileSize];
        file.ReadAt(segment.Offset, table);
        var entries = new List<(ulong Tag, ulong Value)>();
        for (var row = table.AsSpan(); row.Length >= EntrySize; row = row[EntrySize..])
        {
            var tag = BinaryPrimitives.ReadUInt64LittleEndian(row);
            if (tag == 0)
            {
                return new ElfDynamicTable(file, entries);
            }

            // A loader takes the last of several; a reader that took the first would judge something else.
            if (tag is not (Needed or Auxiliary or Filter) && entries.Exists(entry => entry.Tag == tag))
            {
                throw new ElfFormatException($"dynamic tag 0x{tag:x} stands twice");
            }

            entries.Add((tag, BinaryPrimitives.ReadUInt64LittleEndian(row[8..])));
        }

        throw new ElfFormatException("the dynamic section has no end");
    }

    public bool Has(ulong tag) => entries.Exists(entry => entry.Tag == tag);

    public ulong? Value(ulong tag) => entries.Where(entry => entry.Tag == tag).Select(entry => (ulong?)entry.Value).FirstOrDefault();

    /// <summary>The strings that entries with this tag name, in their order.</summary>
    public IReadOnlyList<string> Strings(ulong tag)
    {
        if (!Has(tag))
        {
            return [];
        }

        var size = Value(StringSize) ?? 0;
        if (Value(StringTable) is not { } address || size is 0 or > MaxStrings)
        {
            throw new ElfFormatException("the dynamic strings are missing or too large");
        }

        var start = file.OffsetOf(address, size, "the dynamic string table");
        var names = new List<string>();
        var buffer = new byte[4097];
        foreach (var (_, offset) in entries.Where(entry => entry.Tag == tag))
        {
            if (offset >= size)
            {
                throw new ElfFormatException("a dynamic string lies outside its table");
            }

            var window = buffer.AsSpan(0, (int)Math.Min((ulong)buffer.Length, size - offset));
            file.ReadAt(start + offset, window);
            names.Add(ElfFile.StringAt(window, 0));
        }

        return names;
    }

    /// <summary>Where the loader stores addresses of imported symbols: targets of GOT relocations. Streams; a binary may have millions.</summary>
    public IEnumerable<ulong> GotSlots()
    {
        if (Has(Rel))
        {
            throw new ElfFormatException("REL relocations are not used on this machine");
        }

        return Targets(Rela, RelaSize).Concat(Targets(JumpRel, PltRelSize));
    }

    private IEnumerable<ulong> Targets(ulong addressTag, ulong sizeTag)
    {
        if (Value(addressTag) is not { } address)
        {
            if (Value(sizeTag) is > 0)
            {
                throw new ElfFormatException("relocations have a size, but no address");
            }

            yield break;
        }

        var size = Value(sizeTag) ?? throw new ElfFormatException("relocations without a size");
        if (size % RelaEntrySize != 0
            || (addressTag == JumpRel ? Value(PltRel) != Rela : Value(RelaEntry) != RelaEntrySize))
        {
            throw new ElfFormatException("relocations of an unknown form");
        }

        if (size == 0)
        {
            yield break;
        }

        var offset = file.OffsetOf(address, size, "the relocation table");
        var buffer = ArrayPool<byte>.Shared.Rent(RelaEntrySize * 2048);
        try
        {
            while (size > 0)
            {
                var chunk = (int)Math.Min(size, RelaEntrySize * 2048);
                file.ReadAt(offset, buffer.AsSpan(0, chunk));
                for (var i = 0; i < chunk; i += RelaEntrySize)
                {
                    var type = BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(i + 8));
                    if (Array.IndexOf(file.Machine.GotRelocations, type) >= 0)
                    {
                        yield return BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(i));
                    }
                }

                offset += (ulong)chunk;
                size -= (ulong)chunk;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
