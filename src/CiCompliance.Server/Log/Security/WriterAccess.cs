using System.Security.Cryptography;
using System.Text;
using CiCompliance.Cryptography.Keys;
using CiCompliance.Server.Log.Entries;
using Microsoft.AspNetCore.Http;

namespace CiCompliance.Server.Log.Security;

/// <summary>Who may write. Of tokens only the digests are kept, and all of them are compared in constant time.</summary>
internal sealed class WriterAccess
{
    private const string Scheme = "Bearer ";
    private const int MinToken = 16;
    private const int MaxToken = 512;
    private const int MaxTokens = 1000;

    private readonly byte[][]? tokens;
    private readonly bool needsCertificate;

    private WriterAccess(byte[][]? tokens, bool needsCertificate)
    {
        this.tokens = tokens;
        this.needsCertificate = needsCertificate;
    }

    /// <exception cref="CiComplianceException">The tokens cannot be used (CIC7004).</exception>
    public static WriterAccess Of(LogServerOptions options) =>
        new(options.WriterTokens is { } tokens ? Read(tokens) : null, options.WriterCa is not null);

    /// <exception cref="RefusedException">401.</exception>
    public void Check(HttpContext context)
    {
        if (needsCertificate && context.Connection.ClientCertificate is null)
        {
            throw new RefusedException("no-certificate", "writing to this log needs a client certificate", StatusCodes.Status401Unauthorized);
        }

        if (tokens is not null && !IsKnown(context.Request.Headers.Authorization.ToString()))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            throw new RefusedException("no-token", "writing to this log needs a token", StatusCodes.Status401Unauthorized);
        }
    }

    private bool IsKnown(string authorization)
    {
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || authorization.Length > Scheme.Length + MaxToken)
        {
            return false;
        }

        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..]));
        var known = false;
        foreach (var token in tokens!)
        {
            known |= CryptographicOperations.FixedTimeEquals(token, digest);
        }

        return known;
    }

    private static byte[][] Read(string reference)
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

            return digests.Count is > 0 and <= MaxTokens ? [.. digests] : throw Bad(reference);
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
