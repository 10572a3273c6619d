using CiCompliance.Testing;

namespace CiCompliance.Benchmarks;

/// <param name="Tool">The published tool.</param>
/// <param name="Artifacts">Where what is generated stays from one benchmark to the next.</param>
internal sealed record Setting(string Tool, string Artifacts)
{
    /// <summary>The go command that everything is built with.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public string Go { get; } = Peers.Find("go") ?? Peers.Find("go1.23") ?? throw new InvalidOperationException("no go command on PATH or in CICOMPLIANCE_PEERS");
}
