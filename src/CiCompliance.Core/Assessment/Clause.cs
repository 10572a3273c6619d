using System.Text.Json.Serialization;
using CiCompliance.Json;

namespace CiCompliance.Assessment;

/// <summary>How binding a clause is: 应, 宜, 可.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<Obligation>))]
public enum Obligation
{
    /// <summary>The text was not read: nothing is said about it.</summary>
    NotRead,
    Shall,
    Should,
    May,

    /// <summary>A framework without legal force.</summary>
    Voluntary,
}

/// <summary>What a pipeline tool can show about the pipeline itself.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<Automation>))]
public enum Automation
{
    /// <summary>Nothing: people, documents or other systems show it.</summary>
    None,

    /// <summary>A part; the rest needs people, documents or other systems.</summary>
    Part,

    /// <summary>All of it, from facts of the run.</summary>
    Pipeline,
}

/// <summary>How a clause's number and text are known; no official text was read.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<ClauseProvenance>))]
public enum ClauseProvenance
{
    /// <summary>Not checked.</summary>
    Memory,

    /// <summary>Text and order found in a secondary source, the number got by counting.</summary>
    Counted,

    /// <summary>Number and text found in a secondary source.</summary>
    Found,
}

/// <summary>What a run shows for a clause. Evidence supports a clause; an assessor judges.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<ClauseStatus>))]
public enum ClauseStatus
{
    NotShown,
    Partly,
    Supported,
    NotApplicable,

    /// <summary>Would be shown with production keys; a demonstration supports nothing.</summary>
    Demonstrated,
}

/// <summary>A clause of a standard in our own words. The paraphrase is never to be quoted as the standard's text.</summary>
/// <param name="Id">Unique, starts with a letter (OSCAL): <c>gbt22239-8.1.9.4.f</c>.</param>
/// <param name="Number">As people cite it, or empty where no number may be given.</param>
/// <param name="Needs">Stage names and <see cref="RunFacts"/> names that all must hold; empty: this tool observes nothing of it.</param>
/// <param name="Evidence">Files, or folders with a final slash, that an assessor opens.</param>
/// <param name="Open">What stays for people to show; null only where the run shows all that the clause asks of a pipeline.</param>
public sealed record Clause(
    string Id,
    string Standard,
    string Number,
    LocalizedText Title,
    Obligation Obligation,
    Automation Automation,
    ClauseProvenance Provenance,
    LocalizedText Paraphrase,
    IReadOnlyList<string> Needs,
    IReadOnlyList<string> Evidence,
    LocalizedText? Open);
