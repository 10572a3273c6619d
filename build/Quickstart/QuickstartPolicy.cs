namespace CiCompliance.Build.Quickstart;

internal static class QuickstartPolicy
{
    /// <summary>The policy of a demonstration: strict but for what a run of its own can't have, a log and a build cache that are older than it.</summary>
    public static string Write(string repository, string proxy, string sumdb) => $"""
        version: 1
        repository: {repository}
        go:
          provider: custom
          proxy: {proxy}
          sumdb: {sumdb}
        build:
          packages: [./cmd/ledger, ./cmd/healthcheck]
          targets: [linux/{(System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64")}]
          cgo: true
          # Shared, so that a second quickstart takes seconds; the report shows it as a gap.
          cache: shared
        log:
          kind: ephemeral
          ephemeral-in-ci: allowed

        """;
}
