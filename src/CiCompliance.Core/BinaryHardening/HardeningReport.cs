using System.Text.Json.Serialization;
using CiCompliance.Go;
using CiCompliance.Json;

namespace CiCompliance.BinaryHardening;

/// <summary>How a program is put together, by its program headers.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<LinkKind>))]
public enum LinkKind
{
    Unknown,

    /// <summary>At a fixed address, without a dynamic section.</summary>
    Static,

    /// <summary>At a fixed address, loaded by the dynamic linker.</summary>
    Dynamic,

    /// <summary>Position-independent, loaded by the dynamic linker.</summary>
    Pie,

    /// <summary>Position-independent; relocates itself.</summary>
    StaticPie,

    /// <summary>Position-independent without an interpreter and not marked as a program.</summary>
    SharedObject,
}

/// <summary>One judged property of a binary.</summary>
/// <param name="Id">One of <see cref="HardeningProperties"/>.</param>
public sealed record HardeningProperty(string Id, Verdict Verdict, LocalizedText Detail);

/// <summary>What one binary really is, read from its bytes.</summary>
/// <param name="Format">As GNU tools name it, for example <c>elf64-x86-64</c>.</param>
/// <param name="GoArch">The GOARCH that the machine code in the header stands for.</param>
/// <param name="BuildInfo">Null where the property <c>build-info</c> did not pass.</param>
public sealed record HardeningReport(
    string Format,
    string GoArch,
    LinkKind Kind,
    IReadOnlyList<HardeningProperty> Properties,
    GoBuildInfo? BuildInfo)
{
    public Verdict Verdict => Properties.Select(property => property.Verdict).Worst();
}

/// <summary>Ids of the judged properties, in the order of a report.</summary>
public static class HardeningProperties
{
    public const string Relro = "relro";
    public const string BindNow = "bind-now";
    public const string Pie = "pie";
    public const string NxStack = "nx-stack";
    public const string NoWx = "no-wx";
    public const string NoTextRel = "no-textrel";
    public const string Stripped = "stripped";
    public const string NoRPath = "no-rpath";
    public const string Needed = "needed";
    public const string BuildInfo = "build-info";
    public const string Interpreter = "interpreter";
}
