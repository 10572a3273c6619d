using System.Globalization;
using System.Text;
using CiCompliance.Go;

namespace CiCompliance.GoProxy.Sources;

/// <summary>What the go command wants of a go.mod before it parses it, and what of one that may be broken.</summary>
internal static class GoModScan
{
    /// <summary>The path after the first <c>module</c>, or empty. Nothing else need be right.</summary>
    public static string ModuleLine(ReadOnlySpan<byte> content)
    {
        foreach (var raw in Encoding.UTF8.GetString(content).Split('\n'))
        {
            var line = raw.Split("//", 2)[0].Trim();
            if (!line.StartsWith("module", StringComparison.Ordinal) || line.Length <= 6 || !char.IsWhiteSpace(line[6]))
            {
                continue;
            }

            var path = line[6..].Trim();
            return path[0] is not ('"' or '`') ? path
                : path.Length > 1 && path[^1] == path[0] && !path[1..^1].AsSpan().ContainsAny('\\', path[0]) ? path[1..^1]
                : "";
        }

        return "";
    }

    /// <summary>Whether the go line names 1.24 or later; a file that can't be parsed names none.</summary>
    public static bool IsFrom124(ReadOnlySpan<byte> content)
    {
        try
        {
            var parts = (GoMod.Parse(content).Go ?? "").Split('.');
            var minor = parts.Length < 2 ? "" : string.Concat(parts[1].TakeWhile(char.IsAsciiDigit));
            return int.TryParse(parts[0], CultureInfo.InvariantCulture, out var major)
                && (major > 1 || (major == 1 && int.TryParse(minor, CultureInfo.InvariantCulture, out var number) && number >= 24));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>The versions that a go.mod retracts (Go module reference, "retract directive"); none where it can't be parsed.</summary>
    public static Func<string, bool> Retracted(ReadOnlySpan<byte> content)
    {
        var ranges = new List<(SemanticVersion Low, SemanticVersion High)>();
        try
        {
            _ = GoMod.Parse(content);
            var block = false;
            foreach (var raw in Encoding.UTF8.GetString(content).Split('\n'))
            {
                var line = raw.Split("//", 2)[0].Trim();
                if (block && line == ")")
                {
                    block = false;
                }
                else if (block && line.Length > 0)
                {
                    ranges.Add(Range(line));
                }
                else if (line.StartsWith("retract", StringComparison.Ordinal) && line.Length > 7 && (char.IsWhiteSpace(line[7]) || line[7] is '(' or '['))
                {
                    var rest = line[7..].Trim();
                    block = rest == "(";
                    if (!block && rest != "()")
                    {
                        ranges.Add(Range(rest));
                    }
                }
            }
        }
        catch (FormatException)
        {
            return _ => false;
        }

        return text => SemanticVersion.Parse(text) is { } version && ranges.Any(range => range.Low.CompareTo(version) <= 0 && version.CompareTo(range.High) <= 0);
    }

    private static (SemanticVersion, SemanticVersion) Range(string text)
    {
        var words = text is ['[', .., ']'] ? text[1..^1].Split(',') : [text, text];
        return words is [var low, var high] && Version(low) is { } from && Version(high) is { } to ? (from, to) : throw new FormatException("not a version or an interval");

        static SemanticVersion? Version(string word) => SemanticVersion.Parse(word.Trim().Trim('"', '`'));
    }
}
