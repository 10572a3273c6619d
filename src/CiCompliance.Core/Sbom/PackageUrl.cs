using System.Globalization;
using System.Text;

namespace CiCompliance.Sbom;

/// <summary>Package URLs of Go modules (purl-spec, type <c>golang</c>): namespace and name in lower case, version as it is.</summary>
public static class PackageUrl
{
    /// <param name="version">Null, empty or <c>(devel)</c> leaves it out: no version names that code.</param>
    public static string OfModule(string path, string? version)
    {
        var url = new StringBuilder("pkg:golang/");
        url.AppendJoin('/', path.ToLowerInvariant().Split('/').Select(Encode));
        if (version is { Length: > 0 } && version != "(devel)")
        {
            url.Append('@').Append(Encode(version));
        }

        return url.ToString();
    }

    // purl-spec: letters, digits and ".-_~" stand for themselves, ":" too; "+" of +incompatible becomes %2B.
    private static string Encode(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            var c = (char)b;
            _ = char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '~' or ':'
                ? result.Append(c)
                : result.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }

        return result.ToString();
    }
}
