using CiCompliance.Server.Search;

namespace CiCompliance.Server.Hosting;

/// <summary>How a server of <c>cicompliance serve</c> is reached, and by whom.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="Listen"><c>ADDRESS:PORT</c>; port 0 takes a free one.</param>
/// <param name="TlsCertificate">PEM: the server's certificate first, then its chain.</param>
/// <param name="TlsKey">A file or <c>fd:N</c>: its private key, PKCS#8 in PEM, not encrypted.</param>
/// <param name="Tokens">A file or <c>fd:N</c>: bearer tokens, one on a line: of a log's writers, of those who read private modules.</param>
/// <param name="ClientCa">PEM: a log's writers need a client certificate of one of these CAs. Where tokens are given too, both are needed.</param>
/// <param name="InsecureHttp">Plain HTTP to other machines is wanted.</param>
public sealed record ServerOptions(
    string Path,
    string Listen,
    string? TlsCertificate = null,
    string? TlsKey = null,
    string? Tokens = null,
    string? ClientCa = null,
    bool InsecureHttp = false)
{
    /// <summary>Entries of the search index's smallest run; a test needs few.</summary>
    internal int TailEntries { get; init; } = Search.LeafIndex.TailEntries;

    /// <summary>How long stopping waits for what is being signed; a test has less patience.</summary>
    internal TimeSpan? StopPatience { get; init; }

    /// <summary>How the option is called that <see cref="Tokens"/> came by.</summary>
    public string TokensOption { get; init; } = "--writer-token-file";
}
