using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace CiCompliance.GoProxy.Sources;

/// <summary>The HEAD, branches and tags of a repository and the commits they stand for, as the forge lists them.</summary>
internal sealed partial class GitRefs
{
    public const string Tags = "refs/tags/";
    public const string Heads = "refs/heads/";
    private const string Peeled = "^{}";
    private static readonly SearchValues<char> Special = SearchValues.Create(" ~^:?*[\\\ufffd");
    private readonly SortedDictionary<string, string> commits = new(StringComparer.Ordinal);

    /// <summary>Changes with every branch or tag.</summary>
    public string Digest { get; }

    private GitRefs(string listing)
    {
        var lines = listing.Split('\n').Select(line => line.Split('\t')).Where(words => words.Length == 2 && Id().IsMatch(words[0])).ToList();
        foreach (var words in lines.Where(words => IsUsable(words[1])))
        {
            commits[words[1]] = words[0];
        }

        // An annotated tag is listed twice: its own object, and the commit.
        foreach (var words in lines.Where(words => words[1].EndsWith(Peeled, StringComparison.Ordinal) && commits.ContainsKey(words[1][..^Peeled.Length])))
        {
            commits[words[1][..^Peeled.Length]] = words[0];
        }

        Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(commits.Where(pair => pair.Key != "HEAD").Select(pair => $"{pair.Value} {pair.Key}\n")))));
    }

    public string? this[string name] => commits.GetValueOrDefault(name);

    /// <param name="listing">What <c>git ls-remote</c> printed.</param>
    public static GitRefs Parse(string listing) => new(listing);

    /// <summary>Names of all tags that begin so, in the order of their characters.</summary>
    public IEnumerable<string> TagsWith(string prefix) =>
        commits.Keys.Where(name => name.StartsWith(Tags + prefix, StringComparison.Ordinal)).Select(name => name[Tags.Length..]);

    public IEnumerable<string> TagsAt(string commit) => TagsWith("").Where(tag => commits[Tags + tag] == commit);

    /// <summary>What a name stands for: a tag before a branch before HEAD, as the go command looks.</summary>
    public (string Ref, string Commit)? Find(string name)
    {
        foreach (var full in (string[])[Tags + name, Heads + name, .. name == "HEAD" ? (string[])["HEAD"] : []])
        {
            if (commits.TryGetValue(full, out var commit))
            {
                return (full, commit);
            }
        }

        return null;
    }

    /// <summary>Some name of a commit whose id begins so, or null.</summary>
    /// <exception cref="ModuleNotFoundException">More than one commit begins so.</exception>
    public (string Ref, string Commit)? FindByPrefix(string prefix)
    {
        var found = commits.Where(pair => pair.Value.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        return found.Select(pair => pair.Value).Distinct().Count() switch
        {
            0 => null,
            1 => (found[0].Key, found[0].Value),
            _ => throw new ModuleNotFoundException($"revision {prefix} is ambiguous"),
        };
    }

    /// <summary>
    /// Whether it may be the name of a ref, stricter than git check-ref-format: it stands in refspecs, so nothing in it may be taken for an option, a
    /// pattern, a second name or an expression.
    /// </summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= 512 && name[0] is not ('-' or '/' or '.') && name[^1] is not ('/' or '.') && name != "@"
        && !name.AsSpan().ContainsAny(Special) && !name.Any(char.IsControl)
        && !name.Contains("..", StringComparison.Ordinal) && !name.Contains("@{", StringComparison.Ordinal) && !name.Contains("//", StringComparison.Ordinal)
        && name.Split('/').All(part => part[0] != '.' && !part.EndsWith(".lock", StringComparison.Ordinal));

    private static bool IsUsable(string name) => name == "HEAD" || ((name.StartsWith(Tags, StringComparison.Ordinal) || name.StartsWith(Heads, StringComparison.Ordinal)) && IsName(name));

    [GeneratedRegex(@"^[0-9a-f]{40}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Id();
}
