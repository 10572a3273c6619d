namespace CiCompliance.Digests;

/// <summary>Digests of one file or document, lower-case hex, by the names in-toto gives them (<c>sha256</c>, <c>sm3</c>).</summary>
public sealed record DigestSet(string Sha256, string Sm3);
