using System.Security.Cryptography;
using System.Text;
using CiCompliance.Cryptography.Keys;
using CiCompliance.Publishing;

namespace CiCompliance.Tool.Inputs;

/// <summary>Reads the token of <c>--token</c>. It is never shown, and goes nowhere but into the header of a request.</summary>
internal static class GitHubToken
{
    private const int MaxLength = 1024;

    /// <param name="reference">A file or <c>fd:N</c>.</param>
    public static string Read(string reference)
    {
        var content = SecretContent.Read(reference);
        try
        {
            var token = content.AsSpan().TrimEnd("\r\n"u8);
            return token.Length is > 0 and <= MaxLength && !token.ContainsAnyExceptInRange((byte)'!', (byte)'~')
                ? Encoding.ASCII.GetString(token)
                : throw new CiComplianceException(PublishingDiagnostics.NoTokenInFile, "--token",
                    new("what it names is empty, too long, or more than one word", "其内容为空、过长,或不止一个单词"),
                    new("Put the token alone on one line", "请将令牌单独写在一行"));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }
}
