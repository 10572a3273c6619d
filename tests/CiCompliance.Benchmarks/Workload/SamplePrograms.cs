using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Workload;

/// <summary>Programs linked in the ways that hardening checkers are asked about. What this machine can't build is left out.</summary>
internal static class SamplePrograms
{
    private static readonly (string Label, string Program, bool Cgo, string[] Flags)[] Ways =
    [
        ("pure, as go builds it", "pure", false, []),
        ("std-cgo, as go builds it", "std-cgo", true, []),
        ("std-cgo pie, lazy", "std-cgo", true, ["-buildmode=pie"]),
        ("std-cgo pie, bindnow", "std-cgo", true, ["-buildmode=pie", "-ldflags=-bindnow -s -w"]),
        ("own-cgo pie, lazy", "own-cgo", true, ["-buildmode=pie"]),
        ("own-cgo pie, relro and now", "own-cgo", true, ["-buildmode=pie", "-ldflags=-s -w -extldflags '-z relro -z now'"]),
        ("pure pie, lazy", "pure", false, ["-buildmode=pie", "-ldflags=-s -w"]),
    ];

    public static IEnumerable<(string Label, string File)> All()
    {
        foreach (var go in new[] { "go1.23", "go1.24" }.Where(name => Peers.Find(name) is not null))
        {
            foreach (var (label, program, cgo, flags) in Ways)
            {
                yield return ($"{go} {label}", GoPrograms.Build(go, program, cgo, flags));
            }
        }

        foreach (var system in new[] { "/bin/ls", "/usr/bin/git", "/usr/bin/gpg" }.Where(File.Exists))
        {
            yield return (system, system);
        }
    }
}
