namespace CiCompliance.Tool.GitSigning;

/// <summary>
/// What git asks of <c>gpg.x509.program</c>: <c>--status-fd=2 -bsau KEY</c> with the object on standard input, or
/// <c>--status-fd=1 --verify FILE -</c> (git's gpg-interface).
/// </summary>
/// <param name="Status">1 or 2: where the status lines go.</param>
/// <param name="Key">To sign with; null to verify.</param>
/// <param name="SignatureFile">To verify; null to sign.</param>
internal sealed record GitSignRequest(int Status, string? Key, string? SignatureFile)
{
    /// <summary>Null for anything that git doesn't ask.</summary>
    /// <param name="args">The whole command line.</param>
    public static GitSignRequest? TryParse(IReadOnlyList<string> args)
    {
        if (args is not [{ } verb, ..] || verb != "git-sign")
        {
            return null;
        }

        var status = 0;
        var remaining = new List<string>();
        foreach (var argument in args.Skip(1))
        {
            if (argument is "--status-fd=1" or "--status-fd=2")
            {
                status = argument[^1] - '0';
            }
            else if (!argument.StartsWith("--keyid-format=", StringComparison.Ordinal))
            {
                remaining.Add(argument);
            }
        }

        return (status, remaining) switch
        {
            (> 0, ["-bsau", var key]) => new(status, key, null),
            (> 0, ["--verify", var file, "-"]) => new(status, null, file),
            _ => null,
        };
    }
}
