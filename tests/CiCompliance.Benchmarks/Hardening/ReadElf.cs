using System.Globalization;
using System.Text.RegularExpressions;
using CiCompliance.Benchmarks.Measuring;

namespace CiCompliance.Benchmarks.Hardening;

/// <summary>Answers from the raw headers that readelf prints, by rules of its own: neither tool's code is asked.</summary>
internal static partial class ReadElf
{
    private const long PageSize = 4096;

    // .got.plt begins with three words that are no function's.
    private const long ReservedSlots = 24;

    public static IReadOnlyList<string> Rules { get; } =
    [
        "relro    none: no GNU_RELRO; partial: lazy binding, or .got, .got.plt or .dynamic reaches out of GNU_RELRO's whole 4096-byte pages (the loader",
        "         rounds its end down; .dynamic alone may, where nothing is imported); full: all within; n/a: no dynamic section and no .got",
        "pie      yes: type DYN with INTERP or DF_1_PIE; dso: DYN without both; no: EXEC",
        "nx       yes: GNU_STACK without E",
        "rpath    yes: RPATH or RUNPATH in the dynamic section",
        "symbols  yes: a section .symtab",
    ];

    public static IReadOnlyDictionary<string, string> Of(string file)
    {
        var text = new Command("readelf", "readelf", ["-hlSdW", file]).Answer();
        var isDynamic = text.Contains("Type:                              DYN", StringComparison.Ordinal);
        return new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["relro"] = Relro(text),
            ["pie"] = !isDynamic ? "no" : Segment(text, "INTERP") is not null || Flag(text, "FLAGS_1", "PIE") ? "yes" : "dso",
            ["nx"] = Segment(text, "GNU_STACK") is { Flags: var flags } && !flags.Contains('E', StringComparison.Ordinal) ? "yes" : "no",
            ["rpath"] = text.Contains("(RPATH)", StringComparison.Ordinal) || text.Contains("(RUNPATH)", StringComparison.Ordinal) ? "yes" : "no",
            ["symbols"] = Section(text, ".symtab") is not null ? "yes" : "no",
        };
    }

    private static string Relro(string text)
    {
        var (got, plt, dynamic) = (Section(text, ".got"), Section(text, ".got.plt"), Section(text, ".dynamic"));
        if (dynamic is null && (got?.Size ?? 0) == 0 && (plt?.Size ?? 0) == 0)
        {
            return "n/a";
        }

        if (Segment(text, "GNU_RELRO") is not { } relro)
        {
            return "none";
        }

        var bindsNow = text.Contains("(BIND_NOW)", StringComparison.Ordinal) || Flag(text, "FLAGS", "BIND_NOW") || Flag(text, "FLAGS_1", "NOW");
        if (dynamic is not null && !bindsNow)
        {
            return "partial";
        }

        var importsNothing = (got?.Size ?? 0) == 0 && (plt?.Size ?? 0) <= ReservedSlots && !text.Contains("(NEEDED)", StringComparison.Ordinal);
        var (start, end) = (relro.Address / PageSize * PageSize, (relro.Address + relro.Size) / PageSize * PageSize);
        return importsNothing || new[] { got, plt, dynamic }.OfType<Range>().All(part => part.Size == 0 || (part.Address >= start && part.Address + part.Size <= end))
            ? "full"
            : "partial";
    }

    private static bool Flag(string text, string entry, string flag) =>
        text.Split('\n').Any(line => line.Contains($"({entry})", StringComparison.Ordinal) && line.Split(' ', ':').Contains(flag));

    private static Range? Section(string text, string name)
    {
        var match = SectionLine().Matches(text).FirstOrDefault(match => match.Groups[1].Value == name);
        return match is null ? null : new(Hex(match.Groups[2].Value), Hex(match.Groups[3].Value), "");
    }

    private static Range? Segment(string text, string type)
    {
        var match = SegmentLine().Matches(text).FirstOrDefault(match => match.Groups[1].Value == type);
        return match is null ? null : new(Hex(match.Groups[2].Value), Hex(match.Groups[3].Value), match.Groups[4].Value);
    }

    private static long Hex(string digits) => long.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^ +\[ *\d+\] (\.\S+) +\S+ +([0-9a-f]{16}) [0-9a-f]+ ([0-9a-f]+) ", RegexOptions.Multiline)]
    private static partial Regex SectionLine();

    [GeneratedRegex(@"^  ([A-Z_]+) +0x[0-9a-f]+ 0x([0-9a-f]+) 0x[0-9a-f]+ 0x[0-9a-f]+ 0x([0-9a-f]+) ([RWE ]{3})", RegexOptions.Multiline)]
    private static partial Regex SegmentLine();

    private sealed record Range(long Address, long Size, string Flags);
}
