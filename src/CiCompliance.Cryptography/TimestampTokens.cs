using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using CiCompliance.Sigstore;

namespace CiCompliance.Cryptography;

/// <summary>RFC 3161 time stamps by RSA and ECDSA, read with the runtime's CMS. Thread safe.</summary>
public sealed class TimestampTokens : ITimestampTokens
{
    private const int MaxBytes = 64 << 10;
    private const int NonceSize = 16;
    /// <summary>SHA-256, SHA-384 and SHA-512.</summary>
    private static readonly string?[] StrongDigests = ["2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3"];

    private const int Granted = 0;
    private const int GrantedWithMods = 1;

    public TimestampToken? Read(ReadOnlySpan<byte> response, ReadOnlySpan<byte> signedData, IReadOnlyList<byte[]> candidates)
    {
        if (response.Length > MaxBytes)
        {
            return null;
        }

        try
        {
            if (TokenOf(response.ToArray()) is not { } encoded
                || !Rfc3161TimestampToken.TryDecode(encoded, out var token, out var consumed) || consumed != encoded.Length)
            {
                return null;
            }

            if (!StrongDigests.Contains(token.TokenInfo.HashAlgorithmId.Value))
            {
                return null;
            }

            var known = new X509Certificate2Collection(candidates.Select(X509CertificateLoader.LoadCertificate).ToArray());
            return token.VerifySignatureForData(signedData, out var signer, known)
                ? new TimestampToken(token.TokenInfo.Timestamp, signer.RawData, [.. token.AsSignedCms().Certificates.Select(certificate => certificate.RawData)])
                : null;
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or PlatformNotSupportedException)
        {
            return null;
        }
    }

    public ITimestampRequest Request(ReadOnlySpan<byte> data) =>
        new TimestampRequest(Rfc3161TimestampRequest.CreateFromData(
            data, HashAlgorithmName.SHA256, nonce: RandomNumberGenerator.GetBytes(NonceSize), requestSignerCertificates: true));

    /// <summary>TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken OPTIONAL } (RFC 3161 §2.4.2).</summary>
    private static ReadOnlyMemory<byte>? TokenOf(byte[] response)
    {
        var outer = new AsnReader(response, AsnEncodingRules.BER);
        var parts = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        if (!parts.ReadSequence().TryReadInt32(out var status) || status is not (Granted or GrantedWithMods) || !parts.HasData)
        {
            return null;
        }

        var token = parts.ReadEncodedValue();
        parts.ThrowIfNotEmpty();
        return token;
    }

    private sealed class TimestampRequest(Rfc3161TimestampRequest request) : ITimestampRequest
    {
        public byte[] Encoded { get; } = request.Encode();

        public bool IsAnsweredBy(ReadOnlySpan<byte> response)
        {
            try
            {
                request.ProcessResponse(response.ToArray(), out var consumed);
                return consumed == response.Length;
            }
            catch (CryptographicException)
            {
                return false;
            }
        }
    }
}
