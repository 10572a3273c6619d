using System.Globalization;
using System.Text;

namespace CiCompliance.Go;

/// <summary>Parses the text of a binary's build information (runtime/debug.ParseBuildInfo): one tab-separated record a line.</summary>
internal static class BuildInfoParser
{
    private const int MaxRows = 65536;

    public static GoBuildInfo Parse(string goVersion, string text)
    {
        var path = "";
        BuildInfoModule? main = null;
        var dependencies = new List<BuildInfoModule>();
        var settings = new List<BuildSetting>();
        var replaceable = false;
        foreach (var line in text.Split('\n', MaxRows + 1))
        {
            if (line.Length == 0)
            {
                continue;
            }

            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            var (kind, rest) = tab < 0 ? (line, "") : (line[..tab], line[(tab + 1)..]);
            switch (kind)
            {
                case "path" when path.Length == 0 && rest.Length > 0:
                    path = rest;
                    break;
                case "mod" when main is null && dependencies.Count == 0:
                    main = Module(rest);
                    replaceable = true;
                    break;
                case "dep":
                    dependencies.Add(Module(rest));
                    replaceable = true;
                    break;
                case "=>" when replaceable && dependencies.Count > 0:
                    dependencies[^1] = dependencies[^1] with { Replacement = Module(rest) };
                    replaceable = false;
                    break;
                case "=>" when replaceable:
                    main = main! with { Replacement = Module(rest) };
                    replaceable = false;
                    break;
                case "build":
                    settings.Add(Setting(rest));
                    break;
                default:
                    throw new BuildInfoException("a line of an unknown kind, twice, or out of its place");
            }

            if (dependencies.Count + settings.Count >= MaxRows)
            {
                throw new BuildInfoException("more lines than allowed");
            }
        }

        if (settings.DistinctBy(setting => setting.Key).Count() != settings.Count
            || dependencies.DistinctBy(module => module.Path).Count() != dependencies.Count)
        {
            throw new BuildInfoException("a module or setting stands twice");
        }

        return new GoBuildInfo(goVersion, path, main, dependencies, settings);
    }

    private static BuildInfoModule Module(string rest)
    {
        var fields = rest.Split('\t');
        return fields is [{ Length: > 0 } path, var version, .. var sum] && sum.Length <= 1
            ? new BuildInfoModule(path, version, sum is [var hash] ? hash : "")
            : throw new BuildInfoException("a module line is malformed");
    }

    private static BuildSetting Setting(string rest)
    {
        string key;
        if (rest.StartsWith('"') || rest.StartsWith('`'))
        {
            var end = EndOfQuoted(rest);
            key = Unquote(rest[..end]);
            rest = rest[end..];
        }
        else
        {
            var equals = rest.IndexOf('=', StringComparison.Ordinal);
            key = equals < 0 ? rest : rest[..equals];
            rest = rest[key.Length..];
        }

        if (key.Length == 0 || !rest.StartsWith('='))
        {
            throw new BuildInfoException("a setting line is malformed");
        }

        var value = rest[1..];
        return new BuildSetting(key, value.StartsWith('"') || value.StartsWith('`') ? Unquote(value) : value);
    }

    private static int EndOfQuoted(string text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == text[0])
            {
                return i + 1;
            }

            if (text[i] == '\\' && text[0] == '"')
            {
                i++;
            }
        }

        throw new BuildInfoException("a quoted text has no end");
    }

    /// <summary>The escapes that Go's strconv.Quote writes.</summary>
    internal static string Unquote(string quoted)
    {
        if (EndOfQuoted(quoted) != quoted.Length)
        {
            throw new BuildInfoException("something follows a quoted text");
        }

        if (quoted[0] == '`')
        {
            return quoted[1..^1];
        }

        var result = new StringBuilder();
        for (var i = 1; i < quoted.Length - 1; i++)
        {
            if (quoted[i] != '\\')
            {
                result.Append(quoted[i]);
                continue;
            }

            var digits = quoted[++i] switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            if (digits > 0)
            {
                result.Append(Escaped(quoted, i + 1, digits));
                i += digits;
                continue;
            }

            result.Append(quoted[i] switch
            {
                'a' => '\a',
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'v' => '\v',
                '\\' => '\\',
                '"' => '"',
                _ => throw new BuildInfoException("an unknown escape"),
            });
        }

        return result.ToString();
    }

    private static string Escaped(string quoted, int start, int digits) =>
        start + digits < quoted.Length
        && int.TryParse(quoted.AsSpan(start, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
        && Rune.IsValid(code) && (digits > 2 || code < 0x80)
            ? new Rune(code).ToString()
            : throw new BuildInfoException("an unknown escape");
}
