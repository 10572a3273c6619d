namespace CiCompliance.BinaryHardening;

/// <summary>
/// Effective full RELRO: what the loader really makes read-only, not what the flags say. Every slot that the loader fills with an
/// imported address, <c>.got</c>, <c>.got.plt</c> and the dynamic section must lie in the whole pages of the one PT_GNU_RELRO range,
/// and binding must happen at start.
/// </summary>
internal static class RelroRule
{
    // Three reserved words at the start of .got.plt: the dynamic section, the link map, the resolver.
    private const ulong ReservedSlots = 24;

    public static HardeningProperty Judge(ElfFile file, LinkKind kind)
    {
        if (kind == LinkKind.Static && GotSections(file).All(section => section.Size == 0))
        {
            return Row(Verdict.NotApplicable,
                "static, without a global offset table: there is nothing for RELRO to protect",
                "静态链接且没有全局偏移表(GOT),RELRO 无保护对象");
        }

        if (file.Single(ElfSegment.GnuRelro) is not { } relro)
        {
            return Row(Verdict.Fail, "missing: no PT_GNU_RELRO segment", "缺失:没有 PT_GNU_RELRO 段");
        }

        if (!file.Segments.Any(load => load.Type == ElfSegment.Load && load.IsWritable && load.Memory.Contains(new(relro.Address, relro.Address))
            && relro.Address < load.Memory.End))
        {
            return Row(Verdict.Fail, "ineffective: PT_GNU_RELRO does not start in a writable LOAD segment", "无效:PT_GNU_RELRO 不在可写的 LOAD 段内");
        }

        if (kind != LinkKind.Static && !BindsNow(file))
        {
            return Row(Verdict.Fail,
                "partial: PT_GNU_RELRO without BIND_NOW leaves .got.plt writable",
                "部分 RELRO:有 PT_GNU_RELRO 但没有 BIND_NOW,.got.plt 仍可写");
        }

        return JudgeRange(file, relro.Memory);
    }

    public static bool BindsNow(ElfFile file) => file.Dynamic is { } dynamic
        && (((dynamic.Value(ElfDynamicTable.Flags) ?? 0) & 8) != 0
            || ((dynamic.Value(ElfDynamicTable.Flags1) ?? 0) & 1) != 0
            || dynamic.Has(ElfDynamicTable.BindNow));

    private static HardeningProperty JudgeRange(ElfFile file, AddressRange raw)
    {
        var pages = raw.WholePages(file.Machine.PageSize);
        string? inTail = null;
        foreach (var (name, range) in ToProtect(file))
        {
            if (!raw.Contains(range))
            {
                return Row(Verdict.Fail, $"ineffective: {name} at 0x{range.Start:x} lies outside RELRO and stays writable",
                    $"无效:{name}(0x{range.Start:x})位于 RELRO 范围之外,仍可写");
            }

            if (!pages.Contains(range))
            {
                inTail ??= name;
            }
        }

        if (inTail is null)
        {
            return Row(Verdict.Pass,
                $"full: GOT and dynamic section read-only in 0x{pages.Start:x}-0x{pages.End:x}",
                $"完整:GOT 与动态段只读,范围 0x{pages.Start:x}-0x{pages.End:x}");
        }

        return ImportsNothing(file)
            ? Row(Verdict.Pass,
                $"full: {inTail} reaches into the last page, which stays writable, but nothing is imported and .got is empty",
                $"完整:{inTail} 落在末页(仍可写),但程序没有导入任何符号且 .got 为空")
            : Row(Verdict.Fail,
                $"ineffective: {inTail} lies in the last page of RELRO, which the loader leaves writable (it rounds the end down to 0x{pages.End:x}); link externally",
                $"无效:{inTail} 位于 RELRO 末页,加载器将结尾向下取整到 0x{pages.End:x},该页仍可写;请使用外部链接");
    }

    private static IEnumerable<(string Name, AddressRange Range)> ToProtect(ElfFile file)
    {
        foreach (var section in GotSections(file).Append(file.Section(".dynamic") ?? default))
        {
            if (section.Size > 0)
            {
                yield return (section.Name, new(section.Address, section.Address + section.Size));
            }
        }

        if (file.Single(ElfSegment.Dynamic) is not { } segment || file.Dynamic is not { } dynamic)
        {
            yield break;
        }

        yield return ("the dynamic section", segment.Memory);
        if (dynamic.Value(ElfDynamicTable.PltGot) is { } got)
        {
            yield return ("DT_PLTGOT", Slot(got));
        }

        // Section headers are only a claim; these are where the loader really writes.
        foreach (var slot in dynamic.GotSlots())
        {
            yield return ("a GOT slot", Slot(slot));
        }
    }

    private static AddressRange Slot(ulong address) =>
        address <= ulong.MaxValue - 8 ? new(address, address + 8) : throw new ElfFormatException("a GOT slot reaches past the end of the address space");

    private static bool ImportsNothing(ElfFile file) =>
        file.Dynamic is { } dynamic && !dynamic.Has(ElfDynamicTable.Needed) && !dynamic.GotSlots().Any()
        && (file.Section(".got")?.Size ?? 0) == 0 && (file.Section(".got.plt")?.Size ?? 0) <= ReservedSlots;

    private static IEnumerable<ElfSection> GotSections(ElfFile file) =>
        new[] { file.Section(".got"), file.Section(".got.plt") }.OfType<ElfSection>();

    private static HardeningProperty Row(Verdict verdict, string en, string zh) => new(HardeningProperties.Relro, verdict, new(en, zh));
}
