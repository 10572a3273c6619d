namespace CiCompliance.GoProxy.Publishers;

/// <summary>What is known of a version's publisher. Only <see cref="Valid"/> lets it pass; the zero value refuses.</summary>
public enum PublisherOutcome
{
    /// <summary>Not found out: a source of signatures gave no answer.</summary>
    ServiceDown,
    MissingSignature,
    InvalidSignature,
    KeyNotAllowed,
    Valid,
}

/// <summary>One signature, or one file that holds none, and what was thought of it.</summary>
/// <param name="Outcome"><see cref="PublisherOutcome.Valid"/>, <see cref="PublisherOutcome.InvalidSignature"/> or <see cref="PublisherOutcome.KeyNotAllowed"/>.</param>
/// <param name="KeyId">As the signature names it; null where nothing could be read.</param>
/// <param name="KeyName">The trust store's name; null where it doesn't know the key.</param>
/// <param name="ProvedAt">When an independent log recorded it.</param>
/// <param name="Detail">Why, without a final full stop.</param>
public sealed record JudgedSignature(
    PublisherOutcome Outcome, string Source, string? KeyId, string? KeyName, DateTimeOffset? ProvedAt, LocalizedText Detail);

/// <summary>A source that could not be asked.</summary>
public sealed record SilentSource(string Source, LocalizedText Why);

/// <summary>Who signed a module version, or why it must not pass.</summary>
/// <param name="Finding">For the developer and the alarm; null exactly where the outcome is <see cref="PublisherOutcome.Valid"/>.</param>
/// <param name="Accepted">The signature that counts; null for every other outcome.</param>
/// <param name="Refused">Signatures that were found and don't count, for the audit record.</param>
/// <param name="Silent">Sources that gave no answer; for a valid one those before the one that had it.</param>
public sealed record PublisherAnswer(
    PublisherOutcome Outcome,
    ModuleStatement Statement,
    Finding? Finding,
    JudgedSignature? Accepted,
    IReadOnlyList<JudgedSignature> Refused,
    IReadOnlyList<SilentSource> Silent);
