using System.CommandLine;
using System.CommandLine.Parsing;

namespace CiCompliance.Tool.CommandLine;

/// <summary>What is wrong with a command line, in the tool's own words and both languages.</summary>
internal static class ParseProblem
{
    /// <summary>No verb was named.</summary>
    public static Finding? OfVerb(ParseResult result, IReadOnlyList<string> words, IReadOnlyList<OptionResult> options)
    {
        if (options.Count > 0 && result.UnmatchedTokens.Count == 0)
        {
            return null;
        }

        var known = result.CommandResult.Command.Subcommands.Select(command => command.Name);
        return result.UnmatchedTokens.Count > 0
            ? Unknown(result.UnmatchedTokens[0], result.UnmatchedTokens[0].StartsWith('-') ? ["--help", "--version"] : known)
            : Problem(words.Count == 0 ? new("no verb was given", "未指定命令") : new($"{words[0]} needs one more word", $"{words[0]} 之后还需要一个词"),
                new($"Use one of {string.Join(", ", known)}", $"请使用其中之一:{string.Join("、", known)}"));
    }

    public static Finding? OfOptions(ParseResult result, VerbDefinition verb, IReadOnlyList<OptionResult> options, Func<string, string?> environment)
    {
        if (options.Any(option => option.Option.Name == "--help"))
        {
            return null;
        }

        if (result.UnmatchedTokens.Count > 0)
        {
            return Unmatched(result.UnmatchedTokens[0], verb);
        }

        foreach (var option in options)
        {
            var definition = verb.AllOptions.First(candidate => candidate.Long == option.Option.Name);
            // The parser takes an option for the value of the one before it; nobody means that.
            if (!definition.IsFlag && (option.Tokens.Count < option.IdentifierTokenCount || option.Tokens.Any(token => IsOption(token.Value, verb))))
            {
                return Problem(new($"{definition.Long} has no value", $"{definition.Long} 缺少取值"),
                    new($"Write {definition.Long} {definition.ValueName}", $"请写成 {definition.Long} {definition.ValueName}"));
            }

            if (!definition.Many && option.IdentifierTokenCount > 1)
            {
                return Problem(new($"{definition.Long} was given twice", $"{definition.Long} 给出了两次"), new("Give it once", "请只给出一次"));
            }
        }

        return Protected(verb, environment) ?? (result.Errors.Count == 0 ? null : OfOperands(result, verb));
    }

    private static bool IsOption(string value, VerbDefinition verb) => verb.AllOptions.Any(option => option.Long == value);

    private static Finding Unmatched(string token, VerbDefinition verb) => token.StartsWith('-') && token.Length > 1
        // The value behind "=" may be a secret, and is not needed to name the option.
        ? Unknown(token.Split('=', ':')[0], verb.AllOptions.Select(option => option.Long))
        : Problem(new($"{verb.Path} does not take '{token}'", $"{verb.Path} 不接受“{token}”"),
            new($"See cicompliance {verb.Path} --help", $"请参阅 cicompliance {verb.Path} --help"));

    private static Finding OfOperands(ParseResult result, VerbDefinition verb) =>
        verb.Operand is { } operand && result.CommandResult.Children.OfType<ArgumentResult>().Sum(argument => argument.Tokens.Count) < operand.Min
            ? Problem(new($"{verb.Path} needs {operand.Name}: {operand.Help.En}", $"{verb.Path} 需要 {operand.Name}:{operand.Help.Zh}"),
                new($"Write cicompliance {verb.Path} {operand.Name} …", $"请写成 cicompliance {verb.Path} {operand.Name} …"))
            : Problem(new("the command line could not be understood", "无法理解该命令行"),
                new($"See cicompliance {verb.Path} --help", $"请参阅 cicompliance {verb.Path} --help"));

    /// <summary>A variable that would be ignored, and may hold a secret that every child of the job could read.</summary>
    private static Finding? Protected(VerbDefinition verb, Func<string, string?> environment) =>
        verb.AllOptions.FirstOrDefault(option => option.Protected && environment(option.VariableName) is { Length: > 0 }) is { } option
            ? new Finding(ToolDiagnostics.SecretInEnvironment, option.VariableName,
                new("keys and passphrases are never taken from the environment", "密钥和口令从不取自环境变量"),
                new($"Unset it, and name a file or a descriptor with {option.Long}", $"请取消该变量,并用 {option.Long} 指定文件或描述符"))
            : null;

    private static Finding Unknown(string word, IEnumerable<string> known)
    {
        var suggestion = NearestWord.Of(word, known);
        return Problem(new($"'{word}' is not known here", $"此处没有“{word}”"), suggestion is null
            ? new("See cicompliance --help", "请参阅 cicompliance --help")
            : new($"Did you mean {suggestion}?", $"是否想用 {suggestion}?"));
    }

    private static Finding Problem(LocalizedText what, LocalizedText fix) => new(ToolDiagnostics.CommandLine, "cicompliance", what, fix);
}
