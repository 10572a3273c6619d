using System.CommandLine;
using System.CommandLine.Parsing;

namespace CiCompliance.Tool.CommandLine;

/// <summary>Parses the command line by the tables. Only the syntax is System.CommandLine's; help, errors and dispatch are the tool's own.</summary>
internal static class ArgumentParser
{
    // An argument may be a hostile file name: "@file" is not a response file here.
    private static readonly ParserConfiguration Configuration = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    /// <summary>What the command line says, whole or with what is wrong about it.</summary>
    /// <param name="Words">The words that named a verb or a group of verbs.</param>
    internal sealed record Parsed(IReadOnlyList<string> Words, VerbDefinition? Verb, Arguments? Arguments, bool WantsHelp, bool WantsVersion, Finding? Problem);

    public static Parsed Parse(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        var verb = VerbOf(args);
        var result = CommandLineParser.Parse(Tree(verb), args, Configuration);
        var words = WordsOf(result);
        var options = result.CommandResult.Children.OfType<OptionResult>().Where(option => !option.Implicit).ToList();
        var given = options.GroupBy(option => option.Option.Name)
            .ToDictionary(group => group.Key, group => (IReadOnlyList<string>)[.. group.SelectMany(option => option.Tokens).Select(token => token.Value)]);
        var problem = verb is null ? ParseProblem.OfVerb(result, words, options) : ParseProblem.OfOptions(result, verb, options, environment);
        var operands = result.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value).ToList();
        return new Parsed(words, verb, verb is null ? null : new Arguments(verb, given, operands, environment),
            given.ContainsKey(OptionTable.Help.Long), given.ContainsKey(OptionTable.Version.Long), problem);
    }

    private static VerbDefinition? VerbOf(IReadOnlyList<string> args) =>
        VerbTable.All.FirstOrDefault(verb => verb.Words.SequenceEqual(args.Take(verb.Words.Count)));

    private static List<string> WordsOf(ParseResult result)
    {
        var words = new List<string>();
        for (SymbolResult? at = result.CommandResult; at is CommandResult { Parent: not null } command; at = command.Parent)
        {
            words.Insert(0, command.Command.Name);
        }

        return words;
    }

    /// <summary>Only the asked verb gets its options: the rest of the tree is names.</summary>
    private static Command Tree(VerbDefinition? asked)
    {
        var root = new Command("cicompliance") { Flag(OptionTable.Help), Flag(OptionTable.Version) };
        foreach (var verb in asked is null ? VerbTable.All : [asked])
        {
            var parent = verb.Words.Count == 1 ? root : Group(root, verb.Words[0]);
            var command = new Command(verb.Words[^1]);
            foreach (var option in verb.AllOptions.DistinctBy(option => option.Name))
            {
                command.Add(ToOption(option));
            }

            if (verb.Operand is { } operand)
            {
                command.Add(operand.Many
                    ? new Argument<string[]>(operand.Name) { Arity = new(operand.Min, 10_000) }
                    : new Argument<string>(operand.Name) { Arity = new(operand.Min, 1) });
            }

            parent.Add(command);
        }

        return root;
    }

    private static Command Group(Command root, string name)
    {
        var group = root.Subcommands.FirstOrDefault(command => command.Name == name);
        if (group is null)
        {
            group = new Command(name) { Flag(OptionTable.Help) };
            root.Add(group);
        }

        return group;
    }

    private static Option ToOption(OptionDefinition option) => option.IsFlag
        ? Flag(option)
        : option.Many ? new Option<string[]>(option.Long) { Arity = new(1, 1000) }
        : new Option<string>(option.Long) { Arity = ArgumentArity.ExactlyOne };

    private static Option<bool> Flag(OptionDefinition option) => option == OptionTable.Help
        ? new(option.Long, "-h", "-?") { Arity = ArgumentArity.Zero }
        : new(option.Long) { Arity = ArgumentArity.Zero };
}
