using System.Text;

namespace CiCompliance.GoProxy.Sources;

/// <summary>Rules for the names of files in module zips (golang.org/x/mod/zip, "Module zip files" of the Go module reference).</summary>
internal static class ModuleFileNames
{
    private const string Punctuation = "!#$%&()+,-.=@[]^_{}~ ";

    /// <summary>Whether a file of that name may stand in a module zip.</summary>
    public static bool IsValid(string name) => name.Length > 0 && name.Split('/').All(element =>
        element.Length > 0 && element[^1] != '.' && !ModuleName.IsDevice(element) && element.EnumerateRunes().All(IsValid));

    /// <summary>
    /// Whether the go command takes it for a vendored package, and leaves it out. Where the module's own go line is before 1.24 that is decided by a wrong
    /// place in the name, which the checksums of old versions depend on (golang.org/issue/37397).
    /// </summary>
    public static bool IsVendored(string name, bool isFrom124)
    {
        const string inner = "/vendor/";
        if (isFrom124 && name == "vendor/modules.txt")
        {
            return true;
        }

        var at = name.IndexOf(inner, StringComparison.Ordinal);
        var start = name.StartsWith(inner[1..], StringComparison.Ordinal) ? inner.Length - 1
            : at < 0 ? name.Length
            : isFrom124 ? at + inner.Length
            : inner.Length;
        return name.AsSpan(start).Contains('/');
    }

    /// <summary>One text for all names that differ in case alone: file systems that ignore it hold one file for them.</summary>
    public static string Fold(string name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            // The runtime keeps the long s apart, as the only letter.
            folded.Append(rune.Value == 'ſ' ? new Rune('s') : Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)));
        }

        return folded.ToString();
    }

    private static bool IsValid(Rune rune) => rune.IsAscii
        ? char.IsAsciiLetterOrDigit((char)rune.Value) || Punctuation.Contains((char)rune.Value, StringComparison.Ordinal)
        : Rune.IsLetter(rune);
}
