namespace CiCompliance.Build;

/// <summary>How build.sh was called.</summary>
/// <param name="Arguments">As typed.</param>
/// <param name="Root">This repository's folder.</param>
public sealed record Invocation(IReadOnlyList<string> Arguments, string Root)
{
    private static readonly string[] OwnOptions = ["--target", "--verbosity"];

    /// <summary>The arguments for <c>cicompliance run</c>: everything but this application's own options.</summary>
    public IReadOnlyList<string> ToolArguments
    {
        get
        {
            var forwarded = new List<string>();
            for (var i = 0; i < Arguments.Count; i++)
            {
                var name = Arguments[i].Split('=', 2)[0];
                if (!OwnOptions.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    forwarded.Add(Arguments[i]);
                }
                else if (!Arguments[i].Contains('=', StringComparison.Ordinal))
                {
                    i++;
                }
            }

            return forwarded;
        }
    }

    public static Invocation From(IReadOnlyList<string> arguments)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CiCompliance.sln")))
        {
            folder = folder.Parent;
        }

        return new Invocation(arguments, folder?.FullName ?? throw new InvalidOperationException("CiCompliance.sln is in no parent folder"));
    }
}
