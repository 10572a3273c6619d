using System.Text;
using CiCompliance.Server.Hosting;

namespace CiCompliance.Server.GoProxy.Http;

/// <summary>Who may read private modules. The go command sends the name and password of its netrc file; the password is the token.</summary>
/// <param name="tokens">Null: everybody who reaches the proxy.</param>
internal sealed class ReaderAccess(BearerTokens? tokens)
{
    private const string Basic = "Basic ";
    private const int MaxHeader = 1024;

    public bool IsReader(string authorization) => tokens is null || tokens.IsKnown(authorization) || tokens.Contains(PasswordOf(authorization));

    private static string PasswordOf(string authorization)
    {
        if (!authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase) || authorization.Length > MaxHeader)
        {
            return "";
        }

        var decoded = new byte[MaxHeader];
        return Convert.TryFromBase64String(authorization[Basic.Length..], decoded, out var length) && Encoding.UTF8.GetString(decoded, 0, length).Split(':', 2) is [_, var password]
            ? password
            : "";
    }
}
