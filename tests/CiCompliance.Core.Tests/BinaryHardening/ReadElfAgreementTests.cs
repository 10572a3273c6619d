using System.Diagnostics;
using System.Globalization;
using CiCompliance.BinaryHardening;

namespace CiCompliance.Core.Tests.BinaryHardening;

/// <summary>The reader sees what GNU readelf sees.</summary>
public sealed class ReadElfAgreementTests
{
    private static readonly object[][] Programs =
    [
        ["go1.19", "pure", false, "-s -w", "exe"],
        ["go1.19", "own-cgo", true, "-s -w -linkmode=external -extldflags '-z relro -z now'", "pie"],
        ["go1.23", "std-cgo", true, "-s -w -bindnow", "pie"],
        ["go1.23", "std-cgo", true, "", "exe"],
        ["go1.24", "own-cgo", true, "-s -w -linkmode=external -extldflags '-static-pie -z relro -z now'", "pie"],
        ["go1.24", "pure", false, "-s -w -bindnow", "pie"],
    ];

    [TestCaseSource(nameof(Programs))]
    public void Open_WhenReadElfReadsIt_SeesTheSame(string go, string program, bool cgo, string linkerFlags, string mode)
    {
        var path = GoPrograms.Build(go, program, cgo, "-buildmode=" + mode, "-ldflags", linkerFlags);
        using var file = ElfFile.Open(path);

        var segments = ReadElf("-lW", path).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        file.Segments.Count(segment => segment.Type == ElfSegment.Load).ShouldBe(segments.Count(words => words is ["LOAD", ..]));
        file.Single(ElfSegment.GnuRelro)?.Address.ShouldBe(Hex(segments.First(words => words is ["GNU_RELRO", ..])[2]));
        (file.Single(ElfSegment.GnuRelro) is null).ShouldBe(!segments.Exists(words => words is ["GNU_RELRO", ..]));
        (file.Interpreter is null).ShouldBe(!segments.Exists(words => words is ["INTERP", ..]));

        var sections = ReadElf("-SW", path).Where(line => line.TrimStart().StartsWith('[') && !line.Contains("[Nr]", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(']', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)).Skip(1).ToList();
        file.Sections.Select(section => section.Name).ShouldBe(sections.Select(words => words[0]));
        file.Sections.Select(section => section.Size).ShouldBe(sections.Select(words => Hex(words[4])));

        var dynamic = ReadElf("-dW", path);
        (file.Dynamic?.Strings(ElfDynamicTable.Needed) ?? []).ShouldBe(
            dynamic.Where(line => line.Contains("(NEEDED)", StringComparison.Ordinal)).Select(line => line.Split('[', ']')[1]));
        RelroRule.BindsNow(file).ShouldBe(dynamic.Exists(line => line.Contains("BIND_NOW", StringComparison.Ordinal)));

        var slots = ReadElf("-rW", path).Where(line => line.Contains("_JUMP_SLOT", StringComparison.Ordinal) || line.Contains("_GLOB_DAT", StringComparison.Ordinal)
            || line.Contains("_IRELATIV", StringComparison.Ordinal)).Select(line => Hex(line.Split(' ')[0]));
        (file.Dynamic?.GotSlots() ?? []).ShouldBe(slots, ignoreOrder: true);
    }

    private static ulong Hex(string text) => ulong.Parse(text.Replace("0x", "", StringComparison.Ordinal), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static List<string> ReadElf(string option, string path)
    {
        var info = new ProcessStartInfo(Peers.Require("readelf"), [option, path]) { RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment["LC_ALL"] = "C";
        using var process = Process.Start(info)!;
        var errors = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEnd().Split('\n').ToList();
        process.WaitForExit();
        errors.Wait();
        return lines;
    }
}
