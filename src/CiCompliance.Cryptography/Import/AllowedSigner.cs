using CiCompliance.Cryptography.Ssh;

namespace CiCompliance.Cryptography;

/// <summary>
/// One line of an OpenSSH file of public keys: of an <c>allowed_signers</c> file (ssh-keygen(1), ALLOWED SIGNERS), of a <c>.pub</c> file, or of
/// an <c>authorized_keys</c> file without options.
/// </summary>
/// <param name="Principals">Empty where the line begins with the key.</param>
/// <param name="Options">Null where there are none.</param>
internal sealed record AllowedSigner(string Principals, string? Options, byte[] Blob, string Comment)
{
    /// <exception cref="FormatException">Not such a line.</exception>
    public static AllowedSigner Parse(string line)
    {
        var rest = line;
        var principals = TakePrincipals(ref rest);
        if (SshPublicKey.IsType(principals) && !SshPublicKey.IsType(Word(rest)))
        {
            return ReadKey("", options: null, line);
        }

        var options = SshPublicKey.IsType(Word(rest)) ? null : TakeOptions(ref rest);
        return ReadKey(principals, options, rest);
    }

    private static AllowedSigner ReadKey(string principals, string? options, string rest)
    {
        var words = rest.Split([' ', '\t'], 3, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || !SshPublicKey.IsType(words[0]))
        {
            throw new FormatException("there is no SSH key in it");
        }

        var blob = Convert.FromBase64String(words[1]);
        return new SshReader(blob).ReadName() == words[0]
            ? new AllowedSigner(principals, options, blob, words.Length > 2 ? words[2].Trim() : "")
            : throw new FormatException("the key is of another kind than the line says");
    }

    private static string Word(string text) => text.IndexOfAny([' ', '\t']) is >= 0 and var end ? text[..end] : text;

    private static string TakePrincipals(ref string rest)
    {
        if (!rest.StartsWith('"'))
        {
            var word = Word(rest);
            rest = rest[word.Length..].TrimStart(' ', '\t');
            return word;
        }

        var end = rest.IndexOf('"', 1);
        var principals = end > 0 ? rest[1..end] : throw new FormatException("a quote does not end");
        rest = rest[(end + 1)..].TrimStart(' ', '\t');
        return principals;
    }

    private static string TakeOptions(ref string rest)
    {
        var isQuoted = false;
        for (var i = 0; i < rest.Length; i++)
        {
            if (rest[i] == '\\' && i + 1 < rest.Length && rest[i + 1] == '"')
            {
                i++;
            }
            else if (rest[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (!isQuoted && (rest[i] is ' ' or '\t'))
            {
                var options = rest[..i];
                rest = rest[i..].TrimStart(' ', '\t');
                return options;
            }
        }

        throw new FormatException("there is no SSH key in it");
    }
}
