using CiCompliance.Go;

namespace CiCompliance.GoProxy.Sources;

/// <summary>Rules for module paths (Go module reference, "Module paths").</summary>
internal static class ModuleName
{
    private static readonly HashSet<string> DeviceNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL",
        "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
        "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    };

    /// <summary>Whether the go command would take it for the path of a module that is to be downloaded.</summary>
    public static bool IsDownloadable(string path)
    {
        var elements = path.Split('/');
        var host = elements[0];
        return ModulePath.IsPath(path) && host.Contains('.', StringComparison.Ordinal) && host[0] != '-'
            && host.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
            && elements.All(IsElement) && SplitMajor(path) is not null;
    }

    /// <summary>Whether the element, up to its first dot, is the name of a device on Windows.</summary>
    public static bool IsDevice(string element) => DeviceNames.Contains(element.Split('.', 2)[0]);

    /// <summary>The part before the major version, and the major version (<c>v2</c>, or empty); null where the path ends in something like one that is none.</summary>
    public static (string Prefix, string Major)? SplitMajor(string path)
    {
        var isGopkg = path.StartsWith("gopkg.in/", StringComparison.Ordinal);
        var end = isGopkg && path.EndsWith("-unstable", StringComparison.Ordinal) ? path.Length - "-unstable".Length : path.Length;
        var start = end;
        while (start > 0 && (char.IsAsciiDigit(path[start - 1]) || (path[start - 1] == '.' && !isGopkg)))
        {
            start--;
        }

        if (start <= 1 || (start == end && !isGopkg) || path[start - 1] != 'v' || path[start - 2] != (isGopkg ? '.' : '/'))
        {
            return isGopkg ? null : (path, "");
        }

        var digits = path[start..end];
        var isMajor = digits.Length > 0 && !digits.Contains('.', StringComparison.Ordinal)
            && (isGopkg ? digits[0] != '0' || digits == "0" : digits[0] != '0' && digits != "1");
        return isMajor ? (path[..(start - 2)], path[(start - 1)..]) : null;
    }

    // No leading or trailing dot, no device, nothing like a short name of Windows (a~1).
    private static bool IsElement(string element)
    {
        var stem = element.Split('.', 2)[0];
        var tilde = stem.LastIndexOf('~');
        return element[0] != '.' && element[^1] != '.' && !IsDevice(element)
            && (tilde < 0 || tilde == stem.Length - 1 || !stem[(tilde + 1)..].All(char.IsAsciiDigit));
    }
}
