using System.Globalization;
using System.Text;
using CiCompliance.Go;
using CiCompliance.GoProxy.Sources;

namespace CiCompliance.GoProxy;

/// <summary>What is asked for below <c>MODULE/@v/</c>, and <c>@latest</c>.</summary>
public enum ModuleRequestKind
{
    List,
    Latest,
    Info,
    GoMod,
    Zip,
}

/// <summary>One request of the GOPROXY protocol (Go module reference, "GOPROXY protocol").</summary>
/// <param name="Path">The module's path, unescaped.</param>
/// <param name="Version">Canonical for <c>.mod</c> and <c>.zip</c>; for <c>.info</c> a branch, tag or commit too; empty for lists.</param>
public sealed record ModuleRequest(ModuleRequestKind Kind, string Path, string Version)
{
    private const int MaxTarget = 4 << 10;

    public ModuleVersion Module => new(Path, Version);

    /// <summary>
    /// The path of a request as the go command writes it: every octet that may not stand in a module path, and every encoding of one that may, is
    /// refused, so that no two requests name one file.
    /// </summary>
    /// <param name="target">The raw request target, from the first slash on, without a query.</param>
    /// <returns>The decoded path, or null.</returns>
    public static string? Decode(string target)
    {
        if (target.Length > MaxTarget || !target.StartsWith('/'))
        {
            return null;
        }

        var path = new StringBuilder(target.Length);
        for (var i = 0; i < target.Length; i++)
        {
            var c = target[i];
            if (c == '%')
            {
                // What Go's URL package encodes of what may stand in a path: ! for capital letters; a client may encode @, + and ~ as well.
                c = i + 2 < target.Length && byte.TryParse(target.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet)
                    && (char)octet is '!' or '@' or '+' or '~' ? (char)octet : '\0';
                i += 2;
            }

            if (!char.IsAsciiLetterOrDigit(c) && c is not ('/' or '!' or '@' or '+' or '~' or '-' or '.' or '_'))
            {
                return null;
            }

            path.Append(c);
        }

        return path.ToString();
    }

    /// <param name="path">As <see cref="Decode"/> gives it.</param>
    /// <returns>Null where it is no request for a module: a wrong form, or a path or version that no module can have.</returns>
    public static ModuleRequest? Parse(string path)
    {
        const string latest = "/@latest";
        const string versions = "/@v/";
        if (path.EndsWith(latest, StringComparison.Ordinal))
        {
            return path.Length == latest.Length ? null : Create(ModuleRequestKind.Latest, path[1..^latest.Length], "");
        }

        var at = path.LastIndexOf(versions, StringComparison.Ordinal);
        var file = at < 1 ? "" : path[(at + versions.Length)..];
        var dot = file.LastIndexOf('.');
        return (file, dot < 1 ? "" : file[dot..]) switch
        {
            ("list", _) => Create(ModuleRequestKind.List, path[1..at], ""),
            (_, ".info") => Create(ModuleRequestKind.Info, path[1..at], file[..dot]),
            (_, ".mod") => Create(ModuleRequestKind.GoMod, path[1..at], file[..dot]),
            (_, ".zip") => Create(ModuleRequestKind.Zip, path[1..at], file[..dot]),
            _ => null,
        };
    }

    /// <summary><c>MODULE@VERSION</c>, escaped, as a checksum database is asked for it.</summary>
    /// <returns>Null where it is not, or names what no module version can be.</returns>
    public static ModuleVersion? ParseVersion(string escaped) =>
        escaped.Split('@') is [var path, var version] ? Create(ModuleRequestKind.Zip, path, version)?.Module : null;

    private static ModuleRequest? Create(ModuleRequestKind kind, string escapedPath, string escapedVersion)
    {
        try
        {
            var request = new ModuleRequest(kind, ModulePath.Unescape(escapedPath), ModulePath.Unescape(escapedVersion));
            var hasVersion = kind switch
            {
                ModuleRequestKind.List or ModuleRequestKind.Latest => true,
                ModuleRequestKind.Info => ModulePath.IsQuery(request.Version),
                _ => SemanticVersion.IsCanonical(request.Version),
            };

            // Escaped, as it is a file's name in the cache: there a capital letter is two.
            return hasVersion && escapedVersion.Length <= ModulePath.MaxElement && ModuleName.IsDownloadable(request.Path)
                && escapedPath.Split('/').All(element => element.Length <= ModulePath.MaxElement) ? request : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
