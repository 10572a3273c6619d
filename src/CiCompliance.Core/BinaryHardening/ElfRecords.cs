namespace CiCompliance.BinaryHardening;

/// <summary>A program header (System V gABI, "Program Header"). Ranges were checked against the file and against overflow.</summary>
internal readonly record struct ElfSegment(uint Type, uint Flags, ulong Offset, ulong Address, ulong FileSize, ulong MemorySize)
{
    public const uint Load = 1;
    public const uint Dynamic = 2;
    public const uint Interpreter = 3;
    public const uint GnuStack = 0x6474e551;
    public const uint GnuRelro = 0x6474e552;

    public bool IsWritable => (Flags & 2) != 0;

    public bool IsExecutable => (Flags & 1) != 0;

    public AddressRange Memory => new(Address, Address + MemorySize);
}

/// <summary>A section header. Loaders ignore these, so no property rests on them alone where the program headers say more.</summary>
internal readonly record struct ElfSection(string Name, uint Type, ulong Flags, ulong Address, ulong Offset, ulong Size)
{
    public const uint SymbolTable = 2;
    public const uint NoBits = 8;

    public bool IsAllocated => (Flags & 2) != 0;
}

/// <summary>Addresses from <paramref name="Start"/> up to, not including, <paramref name="End"/>.</summary>
internal readonly record struct AddressRange(ulong Start, ulong End)
{
    public bool Contains(AddressRange other) => other.Start >= Start && other.End <= End && other.Start <= other.End;

    /// <summary>What the loader protects: whole pages, both ends rounded down (glibc _dl_protect_relro).</summary>
    public AddressRange WholePages(ulong pageSize) => new(Start & ~(pageSize - 1), End & ~(pageSize - 1));
}

/// <summary>
/// What the rules need to know of a machine. The page size is the largest that its Linux kernels use: the loader rounds the end of
/// RELRO down by the page of the running kernel, so what is protected with the largest page is protected with every smaller one.
/// </summary>
/// <param name="GotRelocations">Relocation types whose target is a slot of the global offset table.</param>
internal sealed record ElfMachine(
    ushort Code,
    string Format,
    string GoArch,
    ulong PageSize,
    IReadOnlyList<string> Interpreters,
    uint[] GotRelocations)
{
    private static readonly ElfMachine[] All =
    [
        new(62, "elf64-x86-64", "amd64", 4 << 10, ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-musl-x86_64.so.1"], [6, 7, 37]),
        new(183, "elf64-littleaarch64", "arm64", 64 << 10, ["/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-aarch64.so.1"], [1025, 1026, 1032]),
        new(243, "elf64-littleriscv", "riscv64", 4 << 10, ["/lib/ld-linux-riscv64-lp64d.so.1", "/lib/ld-musl-riscv64.so.1"], [5, 58]),
        new(258, "elf64-loongarch", "loong64", 64 << 10, ["/lib64/ld-linux-loongarch-lp64d.so.1", "/lib/ld-musl-loongarch64.so.1"], [5, 12]),
    ];

    public static ElfMachine? Find(ushort code) => Array.Find(All, machine => machine.Code == code);

    public static bool IsKnownGoArch(string goArch) => Array.Exists(All, machine => machine.GoArch == goArch);
}
