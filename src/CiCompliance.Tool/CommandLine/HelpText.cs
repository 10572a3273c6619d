using System.Text;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.CommandLine;

/// <summary>Help from the tables, in either language.</summary>
internal static class HelpText
{
    public static LocalizedText Of(IReadOnlyList<string> words, VerbDefinition? verb) =>
        verb is null ? new(Verbs(words, Language.English), Verbs(words, Language.Chinese)) : new(Verb(verb, Language.English), Verb(verb, Language.Chinese));

    private static string Verbs(IReadOnlyList<string> words, Language language)
    {
        var text = new StringBuilder();
        text.Append(new LocalizedText("From a Go repository to a hardened binary and the proof of it.", "从 Go 仓库到加固二进制文件及其证明。").In(language)).Append("\n\n");
        text.Append($"cicompliance {new LocalizedText("VERB [options]", "命令 [选项]").In(language)}\n\n");
        foreach (var verb in VerbTable.All.Where(verb => verb.Words.Take(words.Count).SequenceEqual(words)))
        {
            Row(text, verb.Path, verb.Help.In(language));
        }

        text.Append('\n');
        Row(text, "VERB --help", new LocalizedText("options of a verb", "命令的选项").In(language));
        Row(text, "--version", OptionTable.Version.Help.In(language));
        text.Append('\n').Append(new LocalizedText(
            "Exit codes: 0 compliant, 1 not compliant, 2 usage or prerequisite, 3 could not decide, 130 cancelled.",
            "退出码:0 合规,1 不合规,2 用法或前置条件,3 无法判定,130 已取消。").In(language)).Append('\n');
        return text.ToString();
    }

    private static string Verb(VerbDefinition verb, Language language)
    {
        var text = new StringBuilder();
        text.Append(verb.Help.In(language)).Append("\n\n");
        text.Append($"cicompliance {verb.Path}{(verb.Operand is { } operand ? $" {operand.Name}{(operand.Many ? "…" : "")}" : "")} {new LocalizedText("[options]", "[选项]").In(language)}\n\n");
        if (verb.Operand is { } named)
        {
            Row(text, named.Name, named.Help.In(language));
            text.Append('\n');
        }

        foreach (var option in verb.AllOptions)
        {
            Row(text, option.IsFlag ? option.Long : $"{option.Long} {option.ValueName}", option.Help.In(language));
        }

        text.Append('\n').Append(new LocalizedText(
            "Every option but those of keys and passphrases can also stand in the environment: --range in CICOMPLIANCE_RANGE.",
            "除密钥和口令选项外,均可用环境变量给出:--range 对应 CICOMPLIANCE_RANGE。").In(language)).Append('\n');
        return text.ToString();
    }

    private static void Row(StringBuilder text, string name, string help) => text.Append("  ").Append(TextWidth.Pad(name, 34)).Append(' ').Append(help).Append('\n');
}
