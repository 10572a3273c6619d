using Cake.Core;

namespace Cake.Frosting.Internal;

/// <summary><c>--name=value</c>, <c>--name value</c> and <c>--flag</c>; names ignore case, a name may come more than once.</summary>
internal static class ArgumentParser
{
    public static CakeArguments Parse(IEnumerable<string> args)
    {
        var values = new List<(string Name, string Value)>();
        string? open = null;
        foreach (var arg in args)
        {
            if (!arg.StartsWith("--", StringComparison.Ordinal))
            {
                values.Add((open ?? throw new CakeException(2, $"'{arg}' belongs to no option. Options are --name=value"), arg));
                open = null;
                continue;
            }

            Close();
            var parts = arg[2..].Split('=', 2);
            open = parts[0];
            if (parts.Length == 2)
            {
                values.Add((open, parts[1]));
                open = null;
            }
        }

        Close();
        return new CakeArguments(values.ToLookup(pair => pair.Name, pair => pair.Value, StringComparer.OrdinalIgnoreCase));

        void Close()
        {
            if (open is not null)
            {
                values.Add((open, "true"));
                open = null;
            }
        }
    }
}
