using System.Text.Json.Serialization;
using CiCompliance.Digests;
using CiCompliance.Json;

namespace CiCompliance.Attestations;

/// <summary>Production, or the quickstart's demonstration with keys that live for one run. Part of everything that is signed.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<RunMode>))]
public enum RunMode
{
    Unspecified,
    Production,
    Demonstration,
}

/// <summary>What ties every statement of a run together; the verifier wants it equal in all of them.</summary>
/// <param name="RunId">Random per run (UUID); the CI's own run id stands in <c>evidence.json</c>.</param>
/// <param name="Repository">The repository's identity by policy, for example <c>github.com/acme/app</c>.</param>
/// <param name="Commit">Object id, lower-case hex.</param>
/// <param name="Tree">Object id of the commit's tree.</param>
/// <param name="Policy">Digests of <c>policy/policy.json</c>.</param>
public sealed record RunIdentity(
    string RunId,
    string Repository,
    string Commit,
    string Tree,
    DigestSet Policy,
    RunMode Mode,
    string ToolVersion);
