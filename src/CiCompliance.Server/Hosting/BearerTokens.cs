using System.Security.Cryptography;
using System.Text;
using CiCompliance.Cryptography.Keys;

namespace CiCompliance.Server.Hosting;

/// <summary>Tokens that callers show (RFC 6750). Only their digests are kept, and all of them are compared in constant time.</summary>
internal sealed class BearerTokens
{
    private const string Scheme = "Bearer ";
    private const int MinToken = 16;
    private const int MaxToken = 512;
    private const int MaxTokens = 1000;

    private readonly byte[][] tokens;

    private BearerTokens(byte[][] tokens) => this.tokens = tokens;

    /// <summary>Whether an <c>Authorization</c> header shows one of them.</summary>
    public bool IsKnown(string authorization) =>
        authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && Contains(authorization[Scheme.Length..]);

    public bool Contains(string token)
    {
        if (token.Length > MaxToken)
        {
            return false;
        }

        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(token));
        var known = false;
        foreach (var one in tokens)
        {
            known |= CryptographicOperations.FixedTimeEquals(one, digest);
        }

        return known;
    }

    /// <param name="reference">A file or <c>fd:N</c>: a token on a line.</param>
    /// <exception cref="CiComplianceException">They cannot be used (CIC7004).</exception>
    public static BearerTokens Read(string reference)
    {
        var content = SecretContent.Read(reference);
        try
        {
            var digests = new List<byte[]>();
            foreach (var range in content.AsSpan().Split((byte)'\n'))
            {
                var token = content.AsSpan(range).TrimEnd("\r"u8);
                if (!token.IsEmpty)
                {
                    digests.Add(IsToken(token) ? SHA256.HashData(token) : throw Bad(reference));
                }
            }

            return digests.Count is > 0 and <= MaxTokens ? new([.. digests]) : throw Bad(reference);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private static bool IsToken(ReadOnlySpan<byte> token) =>
        token.Length is >= MinToken and <= MaxToken && !token.ContainsAnyExceptInRange((byte)'!', (byte)'~');

    private static CiComplianceException Bad(string reference) => new(ServerDiagnostics.BadTokens, reference,
        new($"it is not 1 to {MaxTokens} lines of one word of {MinToken} to {MaxToken} characters each", $"其内容不是 1 至 {MaxTokens} 行、每行一个 {MinToken} 至 {MaxToken} 字符的单词"),
        new("Make a token with openssl rand -hex 32 and write each on a line of its own", "请用 openssl rand -hex 32 生成令牌,每行一个"));
}
