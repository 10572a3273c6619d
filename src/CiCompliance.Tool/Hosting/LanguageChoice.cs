using CiCompliance.Doors;
using CiCompliance.Tool.CommandLine;

namespace CiCompliance.Tool.Hosting;

/// <summary><c>--language</c>, else <c>CICOMPLIANCE_LANGUAGE</c>, else a locale that begins with zh, else English.</summary>
internal static class LanguageChoice
{
    /// <exception cref="CiComplianceException">Neither zh nor en (CIC0004).</exception>
    public static Language Of(Arguments arguments, Func<string, string?> environment) => arguments.Value(OptionTable.Language) switch
    {
        null => DoorEnvironment.LanguageOf(null, environment),
        "zh" => Language.Chinese,
        "en" => Language.English,
        _ => throw new CiComplianceException(ToolDiagnostics.OptionValue, OptionTable.Language.Long,
            new("the language is neither zh nor en", "语言既不是 zh 也不是 en"), new("Write --language zh or --language en", "请写成 --language zh 或 --language en")),
    };

    /// <summary>Before, or without, a command line that could be parsed.</summary>
    public static Language Guess(IReadOnlyList<string> args, Func<string, string?> environment) =>
        DoorEnvironment.LanguageOf(Given(args, OptionTable.Language, environment), environment);

    public static string? Given(IReadOnlyList<string> args, OptionDefinition option, Func<string, string?> environment)
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] == option.Long && i + 1 < args.Count)
            {
                return args[i + 1];
            }

            if (args[i].StartsWith(option.Long + "=", StringComparison.Ordinal) || args[i].StartsWith(option.Long + ":", StringComparison.Ordinal))
            {
                return args[i][(option.Long.Length + 1)..];
            }
        }

        return environment(option.VariableName);
    }
}
