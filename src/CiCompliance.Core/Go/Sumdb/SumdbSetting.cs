namespace CiCompliance.Go.Sumdb;

/// <summary>GOSUMDB with a pinned key: <c>name+hash+key</c>, asked through the proxies, or <c>name+hash+key URL</c>, asked there.</summary>
public sealed record SumdbSetting(VerifierKey Key, Uri? Url)
{
    /// <summary>The one database that the go command knows by a short name; the key is in cmd/go.</summary>
    public const string DefaultKey = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

    /// <exception cref="FormatException">Not of these forms.</exception>
    public static SumdbSetting Parse(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            [var key] => new(VerifierKey.Parse(key), null),
            [var key, var url] when Uri.TryCreate(url, UriKind.Absolute, out var uri) && SumdbTransport.IsAllowed(uri) => new(VerifierKey.Parse(key), uri),
            [_, _] => throw new FormatException("the URL of the database must be https (http only on this machine), without user and password"),
            _ => throw new FormatException("GOSUMDB has the form 'name+hash+key' or 'name+hash+key URL'"),
        };
    }

    public override string ToString() => Url is null ? Key.ToString() : $"{Key} {Url.AbsoluteUri.TrimEnd('/')}";
}
