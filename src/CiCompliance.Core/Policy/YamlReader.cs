using System.Diagnostics.CodeAnalysis;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace CiCompliance.Policy;

/// <summary>
/// YAML events → nodes. Mappings, sequences and scalars only: aliases, anchors, tags, merge keys and further documents are refused,
/// so that what a reviewer reads is what applies and no document grows when it is expanded.
/// </summary>
internal sealed class YamlReader(PolicyProblems problems)
{
    public const int MaxDepth = 8;
    public const int MaxNodes = 4096;

    private int nodes;

    /// <returns>The root mapping, or null with the problems added.</returns>
    public YamlMapping? Read(string text)
    {
        var parser = new Parser(new Scanner(new StringReader(text)));
        try
        {
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out var start))
            {
                problems.Add(PolicyDiagnostics.MissingKey, new("it is empty", "文件为空"),
                    new("Start from the text that cicompliance init writes", "请以 cicompliance init 写出的内容为起点"));
                return null;
            }

            if (start is { Version: not null } or { Tags.Count: > 0, IsImplicit: false } && HasDirective(start))
            {
                Refuse(start, "a directive (%YAML, %TAG)", "指令（%YAML、%TAG）");
            }

            var root = ReadNode(parser, 1);
            parser.Consume<DocumentEnd>();
            if (parser.Accept<DocumentStart>(out var second))
            {
                Refuse(second, "a second document", "第二个文档");
            }

            if (root is YamlMapping mapping)
            {
                return mapping;
            }

            problems.Add(PolicyDiagnostics.WrongValue, root,
                new("a policy is a mapping of keys to values", "策略应为键值映射"),
                new("Start from the text that cicompliance init writes", "请以 cicompliance init 写出的内容为起点"));
            return null;
        }
        catch (RefusedYaml)
        {
            return null;
        }
        catch (YamlException e)
        {
            AddSyntaxError(text, e.Start.Line, e.Start.Column, e.Message);
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet 16.3 answers some unclosed flow collections and empty tags with these instead of its own exception.
            AddSyntaxError(text, parser.Current?.End.Line ?? 1, parser.Current?.End.Column ?? 1, "a bracket, brace or quote that does not close?");
            return null;
        }
    }

    private static bool HasDirective(DocumentStart start) => start.Version is not null || start.Tags!.Any(tag => tag.Handle is not ("!" or "!!"));

    private YamlNode ReadNode(Parser parser, int depth)
    {
        var at = parser.Current!;
        if (++nodes > MaxNodes || depth > MaxDepth)
        {
            Refuse(at, depth > MaxDepth ? $"more than {MaxDepth} levels" : $"more than {MaxNodes} values",
                depth > MaxDepth ? $"超过 {MaxDepth} 层的嵌套" : $"超过 {MaxNodes} 个值");
        }

        RefuseDecoration(at);
        var (line, column) = (at.Start.Line, at.Start.Column);
        if (parser.TryConsume<Scalar>(out var scalar))
        {
            return new YamlScalar(scalar.Value, scalar.Style == ScalarStyle.Plain, line, column);
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var items = new List<YamlNode>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(ReadNode(parser, depth + 1));
            }

            return new YamlSequence(items, line, column);
        }

        parser.Consume<MappingStart>();
        return new YamlMapping(ReadMembers(parser, depth), line, column);
    }

    private List<KeyValuePair<YamlScalar, YamlNode>> ReadMembers(Parser parser, int depth)
    {
        var members = new List<KeyValuePair<YamlScalar, YamlNode>>();
        var seen = new Dictionary<string, YamlScalar>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.Accept<Scalar>(out var name) || name.Value == "<<")
            {
                Refuse(parser.Current!, name is null ? "a key that is no plain word" : "a merge key (<<)", name is null ? "非单词的键" : "合并键（<<）");
            }

            var key = (YamlScalar)ReadNode(parser, depth);
            var value = ReadNode(parser, depth + 1);
            if (seen.TryGetValue(key.Value, out var first))
            {
                problems.Add(PolicyDiagnostics.DuplicateKey, key,
                    new($"'{key.Value}' already stands in line {first.Line}", $"“{key.Value}”已在第 {first.Line} 行出现"),
                    new("Keep one of them", "请只保留一个"));
                continue;
            }

            seen.Add(key.Value, key);
            members.Add(new(key, value));
        }

        return members;
    }

    private void RefuseDecoration(ParsingEvent at)
    {
        if (at is AnchorAlias)
        {
            Refuse(at, "an alias (*name)", "别名（*name）");
        }

        if (at is NodeEvent node && (!node.Anchor.IsEmpty || !node.Tag.IsEmpty))
        {
            var tag = !node.Tag.IsEmpty;
            Refuse(at, tag ? "a tag (!name)" : "an anchor (&name)", tag ? "标签（!name）" : "锚点（&name）");
        }
    }

    [DoesNotReturn]
    private void Refuse(ParsingEvent at, string en, string zh)
    {
        problems.Add(PolicyDiagnostics.RefusedYaml, at.Start.Line, at.Start.Column,
            new($"a policy must not use {en}", $"策略中不得使用{zh}"),
            new("Write the keys and values out in one plain document", "请在一个普通文档中逐项写出键和值"));
        throw new RefusedYaml();
    }

    private void AddSyntaxError(string text, long line, long column, string message)
    {
        var tabbed = text.Split('\n').ToList().FindIndex(row => row.TakeWhile(char.IsWhiteSpace).Contains('\t')) + 1;
        if (tabbed > 0)
        {
            problems.Add(PolicyDiagnostics.NotYaml, tabbed, 1,
                new("the line is indented with a tab, which YAML does not allow", "该行以制表符缩进，YAML 不允许"),
                new("Indent with spaces", "请用空格缩进"));
            return;
        }

        var reason = message.TrimEnd('.');
        problems.Add(PolicyDiagnostics.NotYaml, Math.Max(1, line), Math.Max(1, column),
            new($"it is not valid YAML here ({reason})", $"此处不是有效的 YAML({reason})"),
            new("Correct the line, or compare it with the text that cicompliance init writes", "请改正该行，或与 cicompliance init 写出的内容对照"));
    }

    /// <summary>Leaves the recursion once the problem is noted; never leaves this class.</summary>
    [SuppressMessage("Design", "CA1064", Justification = "Caught in Read.")]
    private sealed class RefusedYaml : Exception;
}
