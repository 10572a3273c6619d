namespace CiCompliance.Cryptography.Cms;

/// <summary>Object identifiers of GB/T 35275 and of CMS (RFC 5652, RFC 5753, RFC 5754).</summary>
internal static class CmsOids
{
    public const string GmData = "1.2.156.10197.6.1.4.2.1";
    public const string GmSignedData = "1.2.156.10197.6.1.4.2.2";
    public const string Pkcs7Data = "1.2.840.113549.1.7.1";
    public const string Pkcs7SignedData = "1.2.840.113549.1.7.2";
    public const string ContentType = "1.2.840.113549.1.9.3";
    public const string MessageDigest = "1.2.840.113549.1.9.4";
    public const string SigningTime = "1.2.840.113549.1.9.5";
    public const string Sm3 = "1.2.156.10197.1.401";
    public const string Sha256 = "2.16.840.1.101.3.4.2.1";
    public const string Sha384 = "2.16.840.1.101.3.4.2.2";
    public const string Sha512 = "2.16.840.1.101.3.4.2.3";
    public const string Sm2WithSm3 = "1.2.156.10197.1.501";
    public const string Sm2Signature = "1.2.156.10197.1.301.1";
    public const string Rsa = "1.2.840.113549.1.1.1";
    public const string Sha256WithRsa = "1.2.840.113549.1.1.11";
    public const string Sha384WithRsa = "1.2.840.113549.1.1.12";
    public const string Sha512WithRsa = "1.2.840.113549.1.1.13";
    public const string EcdsaWithSha256 = "1.2.840.10045.4.3.2";
    public const string EcdsaWithSha384 = "1.2.840.10045.4.3.3";
    public const string EcdsaWithSha512 = "1.2.840.10045.4.3.4";
}
