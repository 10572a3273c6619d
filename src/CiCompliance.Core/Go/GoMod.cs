using System.Text;

namespace CiCompliance.Go;

/// <param name="Version">Null where the replacement is a folder.</param>
public sealed record GoModReplace(string OldPath, string? OldVersion, string NewPath, string? Version)
{
    /// <summary>A replacement without a version is a folder (Go module reference, "replace directive").</summary>
    public bool IsDirectory => Version is null;
}

/// <summary>What the tool needs of go.mod (Go module reference, "go.mod files"); directives it does not know are skipped, the go command judges them.</summary>
/// <param name="Go">The go line, or null.</param>
/// <param name="Toolchain">The toolchain line, or null.</param>
public sealed record GoMod(
    string Module,
    string? Go,
    string? Toolchain,
    IReadOnlyList<ModuleVersion> Require,
    IReadOnlyList<GoModReplace> Replace,
    IReadOnlyList<ModuleVersion> Exclude)
{
    public const int MaxBytes = 16 << 20;

    /// <summary>Whether go.mod lists every module the build needs (go 1.17 and later, "graph pruning").</summary>
    public bool ListsWholeBuild => System.Version.TryParse(Go is null ? null : NumbersOf(Go), out var version) && version >= new Version(1, 17);

    /// <exception cref="FormatException">No module line, or a directive that is not in its form; names the line.</exception>
    public static GoMod Parse(ReadOnlySpan<byte> content)
    {
        if (content.Length > MaxBytes)
        {
            throw new LocalizedFormatException($"it has more than {MaxBytes} bytes", $"超过 {MaxBytes} 字节");
        }

        var reader = new Reader();
        var number = 0;
        foreach (var range in content.Split((byte)'\n'))
        {
            number++;
            var line = Encoding.UTF8.GetString(content[range]);
            try
            {
                reader.Line(Tokens(line));
            }
            catch (FormatException e)
            {
                throw new LocalizedFormatException($"line {number}: {e.Message}", $"第 {number} 行:{e.Problem().Zh}", e);
            }
        }

        return reader.Result();
    }

    private static string NumbersOf(string version)
    {
        var numbers = string.Concat(version.TakeWhile(c => char.IsAsciiDigit(c) || c == '.')).TrimEnd('.');
        return numbers.Contains('.', StringComparison.Ordinal) ? numbers : numbers + ".0";
    }

    private static List<string> Tokens(string line)
    {
        var tokens = new List<string>();
        for (var i = 0; i < line.Length;)
        {
            var c = line[i];
            if (c is ' ' or '\t' or '\r')
            {
                i++;
            }
            else if (c == '/' && i + 1 < line.Length && line[i + 1] == '/')
            {
                break;
            }
            else if (c is '(' or ')')
            {
                tokens.Add(c.ToString());
                i++;
            }
            else if (c is '"' or '`')
            {
                var end = line.IndexOf(c, i + 1);
                if (end < 0 || line.AsSpan(i, end - i).Contains('\\'))
                {
                    throw new LocalizedFormatException("a quoted word without its end, or with an escape", "引号未闭合或含转义");
                }

                tokens.Add(line[(i + 1)..end]);
                i = end + 1;
            }
            else
            {
                var end = i;
                while (end < line.Length && line[end] is not (' ' or '\t' or '\r' or '(' or ')' or '"' or '`')
                    && !line.AsSpan(end).StartsWith("//"))
                {
                    end++;
                }

                tokens.Add(line[i..end]);
                i = end;
            }
        }

        return tokens;
    }

    private sealed class Reader
    {
        private readonly List<ModuleVersion> require = [];
        private readonly List<GoModReplace> replace = [];
        private readonly List<ModuleVersion> exclude = [];
        private string? module;
        private string? go;
        private string? toolchain;
        private string? block;

        public void Line(List<string> tokens)
        {
            if (tokens.Count == 0)
            {
                return;
            }

            if (block is not null)
            {
                if (tokens is [")"])
                {
                    block = null;
                    return;
                }

                Directive(block, tokens);
            }
            else if (tokens is [var name, "("])
            {
                block = name;
            }
            else
            {
                Directive(tokens[0], tokens[1..]);
            }
        }

        public GoMod Result() => block is not null ? throw new LocalizedFormatException("a block is not closed", "块未闭合")
            : new(module ?? throw new LocalizedFormatException("it has no module line", "缺少 module 行"), go, toolchain, require, replace, exclude);

        private void Directive(string name, List<string> words)
        {
            switch (name)
            {
                case "module":
                    module = module is null ? One(words) : throw new LocalizedFormatException("a second module line", "module 行重复");
                    break;
                case "go":
                    go = go is null ? One(words) : throw new LocalizedFormatException("a second go line", "go 行重复");
                    break;
                case "toolchain":
                    toolchain = toolchain is null ? One(words) : throw new LocalizedFormatException("a second toolchain line", "toolchain 行重复");
                    break;
                case "require":
                    require.Add(Module(words));
                    break;
                case "exclude":
                    exclude.Add(Module(words));
                    break;
                case "replace":
                    replace.Add(Replacement(words));
                    break;
            }
        }

        private static string One(List<string> words) => words is [var word] ? word : throw new LocalizedFormatException("one word expected", "应为一个词");

        private static ModuleVersion Module(List<string> words) =>
            words is [var path, var version] ? new(path, version) : throw new LocalizedFormatException("a module path and a version expected", "应为模块路径与版本");

        private static GoModReplace Replacement(List<string> words) => words switch
        {
            [var path, "=>", var target] => new(path, null, target, null),
            [var path, var version, "=>", var target] => new(path, version, target, null),
            [var path, "=>", var target, var to] => new(path, null, target, to),
            [var path, var version, "=>", var target, var to] => new(path, version, target, to),
            _ => throw new LocalizedFormatException("a replacement has the form: path [version] => path [version]", "replace 的形式应为:路径 [版本] => 路径 [版本]"),
        };
    }
}
