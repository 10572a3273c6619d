using System.Text.Json;

namespace CiCompliance.Json;

/// <summary>Standard base64 with padding (RFC 4648 §4) and nothing else: no white space, no URL alphabet, no stray bits, one form per value.</summary>
internal static class StrictBase64
{
    public static byte[]? TryDecode(string text)
    {
        var buffer = new byte[text.Length / 4 * 3];
        return text.Length % 4 == 0 && Convert.TryFromBase64String(text, buffer, out var written)
            && Convert.ToBase64String(buffer, 0, written) == text
            ? buffer[..written]
            : null;
    }

    /// <exception cref="JsonException">Not such base64.</exception>
    public static byte[] Decode(string text, string member) =>
        TryDecode(text) ?? throw new LocalizedJsonException($"'{member}' is not base64", $"“{member}”不是 base64");
}
