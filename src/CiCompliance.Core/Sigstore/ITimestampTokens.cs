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

    /// <summary>A request for a time stamp over these bytes (RFC 3161 §2.4.1): SHA-256, a fresh nonce, the authority's certificate asked for.</summary>
    ITimestampRequest Request(ReadOnlySpan<byte> data);
}

/// <summary>A request that waits for its answer.</summary>
public interface ITimestampRequest
{
    /// <summary>TimeStampReq, DER.</summary>
    byte[] Encoded { get; }

    /// <summary>Whether the response grants a token for exactly this request: its digest and its nonce.</summary>
    bool IsAnsweredBy(ReadOnlySpan<byte> response);
}

/// <summary>A time stamp whose own signature verified.</summary>
/// <param name="Signer">The authority's certificate, DER.</param>
/// <param name="Certificates">What the token carries besides, DER; believed nothing.</param>
public sealed record TimestampToken(DateTimeOffset Time, byte[] Signer, IReadOnlyList<byte[]> Certificates);
