using System.Text.Json.Serialization;
using CiCompliance.Json;

namespace CiCompliance.Keys;

/// <summary>What a key may do; one role a key.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<KeyRole>))]
public enum KeyRole
{
    None,
    Committer,
    EvidenceSm2,
    [JsonStringEnumMemberName("evidence-p256")]
    EvidenceP256,
    Log,
    Witness,
    Tsa,
    Sumdb,

    /// <summary>Signs versions of Go modules.</summary>
    Publisher,
    GoproxyExport,
}

/// <summary>Why a key is no longer used: <c>retired</c> keeps what it signed before, <c>compromised</c> keeps only what is proved earlier.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<RevocationReason>))]
public enum RevocationReason
{
    Unspecified,
    Retired,
    Compromised,
}

public sealed record KeyRevocation(RevocationReason Reason, DateTimeOffset At);

/// <summary>One key of <c>trust.json</c>.</summary>
/// <param name="Id">Lower-case hex: SHA-256 of <paramref name="PublicKey"/>, or the primary fingerprint of an OpenPGP certificate.</param>
/// <param name="Name">For people; for <see cref="KeyRole.Sumdb"/>, <see cref="KeyRole.Log"/> and <see cref="KeyRole.Witness"/> the signed-note key name or checkpoint origin.</param>
/// <param name="PublicKey">DER SubjectPublicKeyInfo (RFC 5280 §4.1), a binary OpenPGP transferable public key, or an SSH public key blob.</param>
/// <param name="Independent">For logs and time-stamping authorities: run by somebody other than the signer, so that its times prove something.</param>
/// <param name="Repositories">
/// Repositories it is trusted for, compared whole; empty means every repository. Of a <see cref="KeyRole.Publisher"/> path prefixes of modules, in whole
/// elements; empty means none. Of a <see cref="KeyRole.GoproxyExport"/> such prefixes too; empty means every module.
/// </param>
/// <param name="Identities">For committers: e-mail addresses whose holder the key is, or patterns with <c>*</c>, as the policy's signer rules know them.</param>
/// <param name="IsForge">For committers: the forge's own key, with which it signs what people do in their browsers. It passes only where the policy accepts the forge.</param>
/// <param name="NoTouchRequired">For SSH keys in authenticators: what it signed counts also where nobody touched it.</param>
public sealed record TrustedKey(
    string Id,
    string Name,
    KeyRole Role,
    KeyAlgorithm Algorithm,
    byte[] PublicKey,
    IReadOnlyList<string> Repositories,
    DateTimeOffset? ValidFrom = null,
    DateTimeOffset? ValidUntil = null,
    KeyRevocation? Revocation = null,
    bool Independent = false,
    IReadOnlyList<string>? Identities = null,
    [property: JsonPropertyName("forge"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsForge = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool NoTouchRequired = false)
{
    /// <param name="repository">Of a <see cref="KeyRole.Publisher"/> or <see cref="KeyRole.GoproxyExport"/> the module's path.</param>
    public bool Covers(string repository) => Role switch
    {
        KeyRole.Publisher => HasPrefixOf(repository),
        KeyRole.GoproxyExport => Repositories.Count == 0 || HasPrefixOf(repository),
        _ => Repositories.Count == 0 || Repositories.Contains(repository, StringComparer.Ordinal),
    };

    /// <summary>Whether <paramref name="time"/> lies in the validity window; the ends belong to it. Revocation is judged apart.</summary>
    public bool IsValidAt(DateTimeOffset time) => (ValidFrom is null || time >= ValidFrom) && (ValidUntil is null || time <= ValidUntil);

    private bool HasPrefixOf(string path) =>
        Repositories.Any(prefix => prefix.Length > 0 && path.StartsWith(prefix, StringComparison.Ordinal) && (path.Length == prefix.Length || path[prefix.Length] == '/'));
}
