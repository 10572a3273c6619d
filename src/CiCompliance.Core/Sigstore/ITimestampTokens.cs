namespace CiCompliance.Sigstore;

/// <summary>Reads RFC 3161 time stamps: the port to the CMS library.</summary>
public interface ITimestampTokens
{
    /// <summary>
    /// The token of a response, where it is granted, is over these bytes, and its signature is that of the certificate it names (RFC 3161 §2.4.2,
    /// RFC 5816), which may sign time stamps and was valid by itself at that time. Null for anything else; nothing throws. Whether the certificate is
    /// trusted is not decided here.
    /// </summary>
    /// <param name="response">TimeStampResp, DER.</param>
    /// <param name="signedData">What must have been stamped.</param>
    /// <param name="candidates">Certificates in DER for tokens that carry none.</param>
    TimestampToken? Read(ReadOnlySpan<byte> response, ReadOnlySpan<byte> signedData, IReadOnlyList<byte[]> candidates);
}

/// <summary>A time stamp whose own signature verified.</summary>
/// <param name="Signer">The authority's certificate, DER.</param>
/// <param name="Certificates">What the token carries besides, DER; believed nothing.</param>
public sealed record TimestampToken(DateTimeOffset Time, byte[] Signer, IReadOnlyList<byte[]> Certificates);
