using System.Globalization;
using System.Text;

namespace CiCompliance.Source;

/// <summary>Who an object says made it: <c>Name &lt;mail&gt; seconds zone</c>. Its maker's word, like the time.</summary>
/// <param name="Mail">Null where the line has another form, or the address isn't printable ASCII: such a one is nobody's.</param>
/// <param name="At">Null where the line has another form.</param>
public sealed record GitIdentity(string? Mail, DateTimeOffset? At)
{
    private const long LastSecond = 253402300799;
    private const int MaxMail = 320;

    public static GitIdentity Parse(ReadOnlySpan<byte> line)
    {
        // git takes the first '<' and the last '>'; where these aren't one pair, readers disagree about the address.
        var open = line.IndexOf((byte)'<');
        var close = line.LastIndexOf((byte)'>');
        var mail = open >= 0 && close > open ? line[(open + 1)..close] : default;
        var rest = line[(close + 1)..].Trim((byte)' ');
        var digits = rest[..Math.Max(0, rest.IndexOf((byte)' '))];
        return new GitIdentity(
            mail.Length is > 0 and <= MaxMail && !mail.ContainsAny((byte)'<', (byte)'>') && !mail.ContainsAnyExceptInRange((byte)'!', (byte)'~')
                ? Encoding.ASCII.GetString(mail)
                : null,
            long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= LastSecond ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null);
    }
}
