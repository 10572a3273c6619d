using System.Buffers.Text;
using System.Text;

namespace CiCompliance.Go;

/// <summary>The lines of one module version in go.sum.</summary>
/// <param name="Zip">The <c>h1:</c> hash of the module zip, or null where only go.mod is listed.</param>
/// <param name="GoMod">The <c>h1:</c> hash of its go.mod, or null.</param>
public sealed record GoSumEntry(ModuleVersion Module, string? Zip, string? GoMod);

/// <summary>go.sum (Go module reference, "go.sum files").</summary>
/// <param name="Entries">One a module version, sorted.</param>
/// <param name="Problems">Lines that say two things of one module, or use a hash this tool does not know.</param>
public sealed record GoSum(IReadOnlyList<GoSumEntry> Entries, IReadOnlyList<GoSumProblem> Problems)
{
    public const int MaxBytes = 16 << 20;
    private const string GoModSuffix = "/go.mod";

    public static GoSum Empty { get; } = new([], []);

    /// <exception cref="FormatException">A line without exactly module, version and hash; names the line.</exception>
    public static GoSum Parse(ReadOnlySpan<byte> content)
    {
        if (content.Length > MaxBytes)
        {
            throw new LocalizedFormatException($"it has more than {MaxBytes} bytes", $"超过 {MaxBytes} 字节");
        }

        var entries = new Dictionary<ModuleVersion, GoSumEntry>();
        var problems = new List<GoSumProblem>();
        var number = 0;
        foreach (var range in content.Split((byte)'\n'))
        {
            number++;
            var line = Encoding.UTF8.GetString(content[range]);
            var fields = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0)
            {
                continue;
            }

            if (fields.Length != 3)
            {
                throw new LocalizedFormatException($"line {number} has {fields.Length} fields instead of 3", $"第 {number} 行有 {fields.Length} 个字段,应为 3 个");
            }

            Add(number, fields, entries, problems);
        }

        return new([.. entries.Values.OrderBy(entry => entry.Module)], problems);
    }

    private static void Add(int number, string[] fields, Dictionary<ModuleVersion, GoSumEntry> entries, List<GoSumProblem> problems)
    {
        var isGoMod = fields[1].EndsWith(GoModSuffix, StringComparison.Ordinal);
        var module = new ModuleVersion(fields[0], isGoMod ? fields[1][..^GoModSuffix.Length] : fields[1]);
        if (!ModulePath.IsPath(module.Path) || !ModulePath.IsVersion(module.Version))
        {
            throw new LocalizedFormatException($"line {number} names no module version", $"第 {number} 行没有模块版本");
        }

        if (!IsH1(fields[2]))
        {
            problems.Add(new(number, module, GoSumProblemKind.UnknownHash));
            return;
        }

        var entry = entries.GetValueOrDefault(module) ?? new(module, null, null);
        if ((isGoMod ? entry.GoMod : entry.Zip) is { } earlier && earlier != fields[2])
        {
            problems.Add(new(number, module, GoSumProblemKind.Contradiction));
            return;
        }

        entries[module] = isGoMod ? entry with { GoMod = fields[2] } : entry with { Zip = fields[2] };
    }

    internal static bool IsH1(string hash) =>
        hash.StartsWith("h1:", StringComparison.Ordinal) && hash.Length == 47 && Base64.IsValid(hash.AsSpan(3), out var length) && length == 32;
}

public enum GoSumProblemKind
{
    /// <summary>Neither the first nor the second hash can be believed.</summary>
    Contradiction,

    /// <summary>The go command skips it, so it protects nothing.</summary>
    UnknownHash,
}

/// <param name="Line">From 1.</param>
public sealed record GoSumProblem(int Line, ModuleVersion Module, GoSumProblemKind Kind);
