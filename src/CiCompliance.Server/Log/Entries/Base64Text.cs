using CiCompliance.Server.Hosting;

namespace CiCompliance.Server.Log.Entries;

/// <summary>Standard base64 in requests. Bodies carry it encoded again, so one value has one form there.</summary>
internal static class Base64Text
{
    /// <exception cref="RefusedException">Not base64, or nothing.</exception>
    public static byte[] Decode(string text, string member)
    {
        var buffer = new byte[text.Length / 4 * 3];
        return text.Length % 4 == 0 && text.AsSpan().IndexOfAny(" \t\r\n") < 0 && Convert.TryFromBase64String(text, buffer, out var written) && written > 0
            ? buffer[..written]
            : throw new RefusedException("malformed", $"'{member}' is not base64");
    }
}
