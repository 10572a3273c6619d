using System.Globalization;
using System.Net;
using System.Text;

namespace CiCompliance.GitHub;

/// <summary>GitHub's rules for an answer 403 or 429, in the order that its documentation gives.</summary>
internal static class RateLimit
{
    private static readonly TimeSpan Secondary = TimeSpan.FromMinutes(1);

    /// <param name="limited">How many times in a row this request has been limited, this time included.</param>
    /// <returns>How long to wait; null where it is a refusal, which waiting does not change.</returns>
    public static TimeSpan? WaitFor(HttpResponseMessage answer, byte[] content, int limited, DateTimeOffset now)
    {
        if (answer.StatusCode is not (HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests))
        {
            return null;
        }

        if (answer.Headers.RetryAfter is { } after)
        {
            return AtLeastOne(after.Delta ?? (after.Date - now) ?? Secondary);
        }

        if (Header(answer, "x-ratelimit-remaining") == "0")
        {
            // A clock that is ahead of GitHub's must not make this a tight loop.
            return long.TryParse(Header(answer, "x-ratelimit-reset"), NumberStyles.None, CultureInfo.InvariantCulture, out var reset) && reset < 1L << 33
                ? AtLeastOne(DateTimeOffset.FromUnixTimeSeconds(reset) - now)
                : Doubled(limited);
        }

        return Encoding.UTF8.GetString(content).Contains("secondary rate limit", StringComparison.OrdinalIgnoreCase) ? Doubled(limited) : null;
    }

    public static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private static TimeSpan Doubled(int limited) => Secondary * (1 << Math.Min(limited - 1, 10));

    private static TimeSpan AtLeastOne(TimeSpan wait) => wait < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : wait;
}
