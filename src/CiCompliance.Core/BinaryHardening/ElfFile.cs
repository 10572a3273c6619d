using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CiCompliance.BinaryHardening;

/// <summary>
/// A 64-bit little-endian ELF file (System V gABI) read piecewise: memory doesn't grow with the file, and every offset, size and count
/// is checked before it is used.
/// </summary>
public sealed class ElfFile : IDisposable
{
    private const int HeaderSize = 64;
    private const int SegmentSize = 56;
    private const int SectionSize = 64;
    private const int MaxSegments = 256;
    private const int MaxSections = 8192;
    private const int MaxNames = 1 << 20;
    private const int MaxInterpreter = 4096;

    private readonly SafeFileHandle handle;

    private ElfFile(SafeFileHandle handle)
    {
        this.handle = handle;
        Length = (ulong)RandomAccess.GetLength(handle);
        Span<byte> header = stackalloc byte[HeaderSize];
        ReadAt(0, header);
        Machine = CheckIdentity(header);
        IsPositionIndependent = BinaryPrimitives.ReadUInt16LittleEndian(header[16..]) switch
        {
            2 => false,
            3 => true,
            var type => throw new ElfFormatException($"type {type} is no executable"),
        };
        Segments = ReadSegments(header);
        Sections = ReadSections(header);
        Interpreter = ReadInterpreter();
        Dynamic = Single(ElfSegment.Dynamic) is { } dynamic ? ElfDynamicTable.Read(this, dynamic) : null;
        if (IsPositionIndependent && Dynamic is null)
        {
            throw new ElfFormatException("position-independent, but without a dynamic section");
        }
    }

    internal ulong Length { get; }

    internal ElfMachine Machine { get; }

    /// <summary>ET_DYN; otherwise ET_EXEC.</summary>
    internal bool IsPositionIndependent { get; }

    internal IReadOnlyList<ElfSegment> Segments { get; }

    /// <summary>Empty where the file has no section headers.</summary>
    internal IReadOnlyList<ElfSection> Sections { get; }

    internal string? Interpreter { get; }

    internal ElfDynamicTable? Dynamic { get; }

    /// <exception cref="ElfFormatException">Not an ELF file that can be judged.</exception>
    /// <exception cref="IOException">Reading failed.</exception>
    public static ElfFile Open(string path)
    {
        // Opening a pipe would wait for its writer; pipes and devices have length 0. A link's length is that of its text.
        var target = File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);
        if (target is not FileInfo { Length: >= HeaderSize })
        {
            throw new ElfFormatException("too short for an ELF header");
        }

        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.RandomAccess);
        try
        {
            return new ElfFile(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public void Dispose() => handle.Dispose();

    internal void ReadAt(ulong offset, Span<byte> buffer)
    {
        CheckRange(offset, (ulong)buffer.Length, "data");
        while (buffer.Length > 0)
        {
            var read = RandomAccess.Read(handle, buffer, (long)offset);
            if (read == 0)
            {
                throw new ElfFormatException("the file ended while it was read");
            }

            offset += (ulong)read;
            buffer = buffer[read..];
        }
    }

    internal ElfSegment? Single(uint type) => AtMostOne(Segments.Where(segment => segment.Type == type), $"two program headers of type 0x{type:x}");

    internal ElfSection? Section(string name) => AtMostOne(Sections.Where(section => section.Name == name), $"two sections {name}");

    private static T? AtMostOne<T>(IEnumerable<T> all, string message)
        where T : struct =>
        all.Take(2).ToList() switch
        {
            [] => null,
            [var one] => one,
            _ => throw new ElfFormatException(message),
        };

    /// <summary>The file offset of a range of addresses that one LOAD segment takes from the file.</summary>
    internal ulong OffsetOf(ulong address, ulong size, string what)
    {
        foreach (var segment in Segments)
        {
            if (segment.Type == ElfSegment.Load && address >= segment.Address && address - segment.Address <= segment.FileSize
                && size <= segment.FileSize - (address - segment.Address))
            {
                return segment.Offset + (address - segment.Address);
            }
        }

        throw new ElfFormatException($"{what} at 0x{address:x} is not loaded from the file");
    }

    private static ElfMachine CheckIdentity(ReadOnlySpan<byte> header)
    {
        if (!header.StartsWith("\u007fELF"u8))
        {
            throw new ElfFormatException("no ELF magic number");
        }

        if (header[4] != 2 || header[5] != 1 || header[6] != 1 || BinaryPrimitives.ReadUInt32LittleEndian(header[20..]) != 1)
        {
            throw new ElfFormatException("not a 64-bit little-endian ELF of version 1");
        }

        // 0 System V, 3 GNU: what Linux loads.
        if (header[7] is not (0 or 3))
        {
            throw new ElfFormatException($"operating system ABI {header[7]} is not Linux");
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(header[52..]) != HeaderSize)
        {
            throw new ElfFormatException("wrong header size");
        }

        var code = BinaryPrimitives.ReadUInt16LittleEndian(header[18..]);
        return ElfMachine.Find(code) ?? throw new ElfFormatException($"machine {code} is not amd64, arm64, loong64 or riscv64");
    }

    private void CheckRange(ulong offset, ulong size, string what)
    {
        if (offset > Length || size > Length - offset)
        {
            throw new ElfFormatException($"{what} reaches past the end of the file");
        }
    }

    private List<ElfSegment> ReadSegments(ReadOnlySpan<byte> header)
    {
        var offset = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header[56..]);
        if (count is 0 or > MaxSegments || BinaryPrimitives.ReadUInt16LittleEndian(header[54..]) != SegmentSize)
        {
            throw new ElfFormatException($"{count} program headers, or of a wrong size");
        }

        var table = new byte[count * SegmentSize];
        ReadAt(offset, table);
        var segments = new List<ElfSegment>(count);
        ulong loadedUpTo = 0;
        for (var row = table.AsSpan(); row.Length > 0; row = row[SegmentSize..])
        {
            var segment = new ElfSegment(
                BinaryPrimitives.ReadUInt32LittleEndian(row),
                BinaryPrimitives.ReadUInt32LittleEndian(row[4..]),
                BinaryPrimitives.ReadUInt64LittleEndian(row[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(row[16..]),
                BinaryPrimitives.ReadUInt64LittleEndian(row[32..]),
                BinaryPrimitives.ReadUInt64LittleEndian(row[40..]));
            CheckRange(segment.Offset, segment.FileSize, "a segment");
            if (segment.MemorySize > ulong.MaxValue - segment.Address)
            {
                throw new ElfFormatException("a segment reaches past the end of the address space");
            }

            if (segment.Type == ElfSegment.Load)
            {
                // gABI: LOAD entries ascend by address. Overlapping ones would show the loader other bytes than this reader.
                if (segment.FileSize > segment.MemorySize || segment.Address < loadedUpTo)
                {
                    throw new ElfFormatException("LOAD segments overlap, descend or are larger in the file than in memory");
                }

                loadedUpTo = segment.Memory.End;
            }

            segments.Add(segment);
        }

        return segments;
    }

    private List<ElfSection> ReadSections(ReadOnlySpan<byte> header)
    {
        var offset = BinaryPrimitives.ReadUInt64LittleEndian(header[40..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header[60..]);
        int nameIndex = BinaryPrimitives.ReadUInt16LittleEndian(header[62..]);
        if (offset == 0 && count == 0)
        {
            return [];
        }

        if (offset == 0 || count is 0 or > MaxSections || nameIndex >= count
            || BinaryPrimitives.ReadUInt16LittleEndian(header[58..]) != SectionSize)
        {
            throw new ElfFormatException($"{count} section headers, or of a wrong size, or without names");
        }

        var table = new byte[count * SectionSize];
        ReadAt(offset, table);
        var names = ReadNames(table.AsSpan(nameIndex * SectionSize, SectionSize));
        var sections = new List<ElfSection>(count);
        for (var row = table.AsSpan(SectionSize); row.Length > 0; row = row[SectionSize..])
        {
            var section = new ElfSection(
                StringAt(names, BinaryPrimitives.ReadUInt32LittleEndian(row)),
                BinaryPrimitives.ReadUInt32LittleEndian(row[4..]),
                BinaryPrimitives.ReadUInt64LittleEndian(row[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(row[16..]),
                BinaryPrimitives.ReadUInt64LittleEndian(row[24..]),
                BinaryPrimitives.ReadUInt64LittleEndian(row[32..]));
            if (section.Type != ElfSection.NoBits)
            {
                CheckRange(section.Offset, section.Size, $"section {section.Name}");
            }

            if (section.Size > ulong.MaxValue - section.Address)
            {
                throw new ElfFormatException($"section {section.Name} reaches past the end of the address space");
            }

            sections.Add(section);
        }

        return sections;
    }

    private byte[] ReadNames(ReadOnlySpan<byte> row)
    {
        var size = BinaryPrimitives.ReadUInt64LittleEndian(row[32..]);
        if (size > MaxNames)
        {
            throw new ElfFormatException("section names are too large");
        }

        var names = new byte[size];
        ReadAt(BinaryPrimitives.ReadUInt64LittleEndian(row[24..]), names);
        return names;
    }

    private string? ReadInterpreter()
    {
        if (Single(ElfSegment.Interpreter) is not { } segment)
        {
            return null;
        }

        if (segment.FileSize is 0 or > MaxInterpreter)
        {
            throw new ElfFormatException("the interpreter's name is empty or too long");
        }

        var name = new byte[segment.FileSize];
        ReadAt(segment.Offset, name);
        return StringAt(name, 0);
    }

    internal static string StringAt(ReadOnlySpan<byte> table, ulong offset)
    {
        if (offset >= (ulong)table.Length)
        {
            throw new ElfFormatException("a name lies outside its table");
        }

        var tail = table[(int)offset..];
        var end = tail.IndexOf((byte)0);
        if (end < 0 || end > MaxInterpreter)
        {
            throw new ElfFormatException("a name has no end");
        }

        // Latin-1 keeps every byte apart from every other; names are only compared and shown.
        return Encoding.Latin1.GetString(tail[..end]);
    }
}
