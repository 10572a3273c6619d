using System.Globalization;
using System.Text.RegularExpressions;
using CiCompliance.Go;

namespace CiCompliance.GoProxy.Sources;

/// <summary>
/// Modules that come from git repositories of one forge. Where their repositories are is written here; no page is asked for it (<c>?go-get=1</c>), so
/// that no answer can lead elsewhere. Credentials are in files, and only git and ssh read them.
/// </summary>
public sealed partial record PrivateModules
{
    private const int MaxElements = 16;

    /// <summary>Whole elements of module paths, the host first, for example <c>git.example.cn/platform</c>.</summary>
    public required string Prefix { get; init; }

    /// <summary>
    /// <c>https://host/{1}/{2}.git</c> or <c>ssh://user@host/{1}.git</c>: <c>{1}</c>, <c>{2}</c> … are the elements of the module path after the prefix. The
    /// highest number says where the root of the repository is; what follows in the module path is a folder of it, less a last <c>/vN</c>.
    /// </summary>
    public required string RepositoryUrl { get; init; }

    /// <summary>https: a file in the form of git-credential-store; it is read, never written.</summary>
    public string? CredentialsFile { get; init; }

    /// <summary>https: certificates of the authorities for the forge, PEM; else those of the system.</summary>
    public string? CertificateAuthorities { get; init; }

    /// <summary>ssh: the private key, without a passphrase.</summary>
    public string? SshKeyFile { get; init; }

    /// <summary>ssh: the only host keys that are taken.</summary>
    public string? KnownHostsFile { get; init; }

    /// <summary>Whether <c>file</c> and, for 127.0.0.1 and ::1, <c>http</c> are taken too. For tests: nothing vouches for the host.</summary>
    internal bool IsLocal { get; init; }

    internal string Scheme => RepositoryUrl.Split(':', 2)[0];

    /// <exception cref="FormatException">It is not in its form, or lacks what it needs; the message names the member.</exception>
    public PrivateModules Validate()
    {
        if (!ModuleName.IsDownloadable(Prefix + "/x") || Prefix.StartsWith("gopkg.in", StringComparison.Ordinal))
        {
            throw new LocalizedFormatException($"prefix '{SafeText.Line(Prefix, 200)}' is no begin of a module path", $"prefix“{SafeText.Line(Prefix, 200)}”不是模块路径的开头");
        }

        ValidateUrl();
        foreach (var file in new[] { CredentialsFile, CertificateAuthorities, SshKeyFile, KnownHostsFile })
        {
            // They stand in words that a shell and ssh take apart.
            if (file is not null && !PlainFile().IsMatch(file))
            {
                throw new LocalizedFormatException($"'{SafeText.Line(file, 200)}' is no absolute path of letters, digits and ._-+@/ alone",
                    $"“{SafeText.Line(file, 200)}”不是仅由字母、数字和 ._-+@/ 组成的绝对路径");
            }
        }

        if (Scheme == "ssh" ? SshKeyFile is null || KnownHostsFile is null || CredentialsFile is not null : SshKeyFile is not null || KnownHostsFile is not null)
        {
            throw new LocalizedFormatException("ssh needs a key file and a known hosts file; https takes a credentials file instead",
                "ssh 需要密钥文件和 known_hosts 文件;https 则使用凭据文件");
        }

        return this;
    }

    /// <summary>Whether a module path begins with the prefix: only then anything is asked.</summary>
    public bool Covers(string path) => ModuleRules.Covers(Prefix, path);

    /// <summary>Where a module is; null where its path is none, is not covered, or has too few elements for a repository.</summary>
    internal ModuleLocation? Locate(string path)
    {
        if (!Covers(path) || !ModuleName.IsDownloadable(path) || ModuleName.SplitMajor(path) is not var (withoutMajor, major))
        {
            return null;
        }

        var elements = path.Split('/')[Prefix.Split('/').Length..];
        var count = Placeholders().Max() is var last and > 0 ? last : 0;
        if (elements.Length < count)
        {
            return null;
        }

        var remote = Placeholder().Replace(RepositoryUrl, match => elements[int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - 1]);
        var root = string.Join('/', [Prefix, .. elements[..count]]);

        // A repository whose own path ends in the major version has the module at its root.
        var directory = root == path ? "" : withoutMajor[Math.Min(withoutMajor.Length, root.Length)..].Trim('/');
        return withoutMajor.Length < root.Length && root != path ? null : new(path, remote, root, directory, major);
    }

    private IEnumerable<int> Placeholders() =>
        Placeholder().Matches(RepositoryUrl).Select(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)).Append(0);

    private void ValidateUrl()
    {
        var numbers = Placeholders().Order().Distinct().ToList();
        var plain = Placeholder().Replace(RepositoryUrl, "x");
        var isUrl = RepositoryUrl.Length < 1024 && PlainUrl().IsMatch(plain) && Uri.TryCreate(plain, UriKind.Absolute, out _)
            && !plain.Contains("/../", StringComparison.Ordinal) && !Placeholder().IsMatch(RepositoryUrl.Split('/', 4) is [_, _, var authority, ..] ? authority : "{1}");
        if (!isUrl || !numbers.SequenceEqual(Enumerable.Range(0, numbers.Count)) || numbers.Count > MaxElements || !IsSchemeAllowed(new(plain)))
        {
            throw new LocalizedFormatException(
                $"repository '{Redaction.Url(SafeText.Line(RepositoryUrl, 200))}' is no https:// or ssh:// URL without a password, with {{1}}, {{2}} … in its path",
                $"repository“{Redaction.Url(SafeText.Line(RepositoryUrl, 200))}”不是 https:// 或 ssh:// URL(不得含密码,路径中可用 {{1}}、{{2}} …)");
        }
    }

    private bool IsSchemeAllowed(Uri url) => url.Scheme switch
    {
        "https" => url.UserInfo.Length == 0,
        "ssh" => !url.UserInfo.Contains(':', StringComparison.Ordinal),
        "http" => IsLocal && url.Host is "127.0.0.1" or "[::1]" && url.UserInfo.Length == 0,
        "file" => IsLocal,
        _ => false,
    };

    [GeneratedRegex(@"\{([1-9][0-9]?)\}", RegexOptions.NonBacktracking)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^[a-z]+://([A-Za-z0-9_][A-Za-z0-9._-]*@)?[A-Za-z0-9\[][A-Za-z0-9.:\[\]-]*/[A-Za-z0-9._~/+%-]+\z|^file:///[A-Za-z0-9._~/+-]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex PlainUrl();

    [GeneratedRegex(@"^/[A-Za-z0-9._/+@-]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex PlainFile();
}

/// <summary>Where a module is.</summary>
/// <param name="Remote">URL of the repository.</param>
/// <param name="Root">Module path of the repository's root.</param>
/// <param name="Directory">Folder within it, less the major version; empty at the root.</param>
/// <param name="Major">The major version that the path ends in (<c>v2</c>), or empty.</param>
internal sealed record ModuleLocation(string Path, string Remote, string Root, string Directory, string Major)
{
    /// <summary>What stands before the versions in the names of this module's tags.</summary>
    public string TagPrefix => Directory.Length == 0 ? "" : Directory + "/";

    /// <summary>The second place where go.mod may be (Go module reference, "Mapping versions to commits"), or null.</summary>
    public string? MajorDirectory => Major.Length == 0 || Root == Path ? null : TagPrefix + Major;
}
