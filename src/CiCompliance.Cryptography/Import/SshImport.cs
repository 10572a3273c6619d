using System.Text;
using CiCompliance.Cryptography.Ssh;

namespace CiCompliance.Cryptography;

/// <summary>Files of OpenSSH public keys, one a line.</summary>
internal static class SshImport
{
    private const int MaxPrincipal = 200;

    /// <summary>Words of <c>authorized_keys</c> that would look like principals, and some of them restrict the key.</summary>
    private static readonly HashSet<string> LoginOptions = new(StringComparer.OrdinalIgnoreCase)
    {
        "agent-forwarding", "cert-authority", "no-agent-forwarding", "no-port-forwarding", "no-pty", "no-touch-required", "no-user-rc",
        "no-x11-forwarding", "port-forwarding", "pty", "restrict", "user-rc", "verify-required", "x11-forwarding",
    };

    /// <summary>Verifier keys, the other kind of file without a head, have no blanks in their lines.</summary>
    public static bool IsFor(ReadOnlySpan<byte> content)
    {
        foreach (var line in Encoding.UTF8.GetString(content).AsSpan().EnumerateLines())
        {
            if (line.Trim() is { IsEmpty: false } text && text[0] != '#')
            {
                return text.ContainsAny(' ', '\t');
            }
        }

        return false;
    }

    public static void Add(ImportTarget target, ReadOnlySpan<byte> content)
    {
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(content).AsSpan().EnumerateLines())
        {
            number++;
            if (line.Trim(" \t") is not { IsEmpty: false } text || text[0] == '#')
            {
                continue;
            }

            try
            {
                Add(target, number, AllowedSigner.Parse(text.ToString()));
            }
            catch (FormatException e)
            {
                throw target.MalformedLine(number, e.Message);
            }
        }
    }

    private static void Add(ImportTarget target, int number, AllowedSigner line)
    {
        var key = SshPublicKey.Parse(line.Blob);
        var options = line.Options is { } text ? AllowedSignerOptions.Parse(text) : new();
        var principals = line.Principals.Split(',', StringSplitOptions.TrimEntries);
        if ((key.Refusal ?? options.Refusal ?? RefuseNames(line, principals)) is { } refusal)
        {
            target.LeaveOutLine(number, refusal);
            return;
        }

        var name = line.Principals.Length > 0 ? line.Principals : line.Comment;
        target.AddSsh(number, line.Blob, name, [.. principals.Where(IsMail)], options.ValidFrom, options.ValidUntil);
    }

    // A pattern of addresses is one here, too. What '!' and '?' say can't be said in a trust store, and without them the key would be more people's.
    private static LocalizedText? RefuseNames(AllowedSigner line, string[] principals) =>
        line.Principals.Contains('"', StringComparison.Ordinal) || principals.Any(LoginOptions.Contains)
            ? new("it begins with options of authorized_keys, which say nothing about signatures", "该行以 authorized_keys 的选项开头,与签名无关")
        : principals.Any(principal => principal.StartsWith('!') || principal.Contains('?', StringComparison.Ordinal))
            ? new("its principals have '!' or '?', which can't be taken over", "其主体含“!”或“?”,无法导入")
        : principals.Any(principal => principal.Length > MaxPrincipal || principal.Any(c => c is <= ' ' or > '~' or '<' or '>'))
            ? new("a principal is longer than 200 characters or not printable ASCII", "主体超过 200 个字符或不是可打印 ASCII")
        : null;

    private static bool IsMail(string principal) => principal.Contains('@', StringComparison.Ordinal);
}
