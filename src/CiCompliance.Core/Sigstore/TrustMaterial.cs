using CiCompliance.TransparencyLog;

namespace CiCompliance.Sigstore;

/// <summary>A trusted root's keys and certificates, imported once for many bundles.</summary>
internal sealed class TrustMaterial(TrustedRoot root)
{
    private readonly Lazy<List<LogKey>> logs = new(() => Read(root.Logs));
    private readonly Lazy<List<LogKey>> certificateLogs = new(() => Read(root.CertificateLogs));
    private readonly Lazy<List<AuthorityCertificates>> certificateAuthorities = new(() => [.. root.CertificateAuthorities.Select(item => new AuthorityCertificates(item))]);
    private readonly Lazy<List<AuthorityCertificates>> timestampAuthorities = new(() => [.. root.TimestampAuthorities.Select(item => new AuthorityCertificates(item))]);

    public IReadOnlyList<AuthorityCertificates> CertificateAuthorities => certificateAuthorities.Value;

    public IReadOnlyList<AuthorityCertificates> TimestampAuthorities => timestampAuthorities.Value;

    /// <summary>The logs of that id: none, or one, or one for each window of its key.</summary>
    public IReadOnlyList<LogKey> Logs(byte[] id) => logs.Value.FindAll(log => log.Log.LogId.AsSpan().SequenceEqual(id));

    public IReadOnlyList<LogKey> CertificateLogs(byte[] id) => certificateLogs.Value.FindAll(log => log.Log.LogId.AsSpan().SequenceEqual(id));

    /// <summary>Whether the root names a log of that id, with whatever key.</summary>
    public bool NamesLog(byte[] id) => root.Logs.Any(log => log.LogId.AsSpan().SequenceEqual(id));

    // A key that can't be used vouches for nothing; the rest of the root counts all the same.
    private static List<LogKey> Read(IReadOnlyList<TrustedLog> logs) =>
        [.. logs.Select(log => log.TryReadKey() is { } key ? new LogKey(log, key) : null).OfType<LogKey>()];
}

internal sealed record LogKey(TrustedLog Log, SignatureKey Key);
