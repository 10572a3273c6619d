namespace CiCompliance.MSBuild.Tests;

/// <summary>Stands for the tool: writes down how it was called, then does what a test wants; by default it passes and leaves a binary.</summary>
internal sealed class FakeTool
{
    public const string Passes = """
        mkdir -p "$out/bin"
        echo "program of $out" > "$out/bin/sidecar-linux-amd64"
        answer 0 pass
        """;

    private readonly string folder;

    public FakeTool(string folder)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder);
        Path = System.IO.Path.Combine(folder, "cicompliance");
        Does(Passes);
    }

    public string Path { get; }

    /// <summary>The arguments of each call.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Calls =>
        [.. Directory.EnumerateFiles(folder, "call.*").Order(StringComparer.Ordinal).Select(file => File.ReadAllText(file).Split('\0')[..^1])];

    public void Forget() => Directory.EnumerateFiles(folder, "call.*").ToList().ForEach(File.Delete);

    /// <param name="script">Bash; <c>$out</c> is the evidence folder, <c>$stages</c> what was asked, <c>answer CODE VERDICT [STAGES]</c> the end.</param>
    public void Does(string script)
    {
        File.WriteAllText(Path, $$"""
            #!/bin/bash
            set -euo pipefail
            printf '%s\0' "$@" > '{{folder}}/call.'$(date +%s%N).$$
            out= stages=
            for argument; do case $argument in --out=*) out=${argument#*=} ;; --stages=*) stages=${argument#*=} ;; esac; done
            answer() {
              printf '{"exitCode":%s,"verdict":"%s","findings":[],"stages":[%s]}\n' "$1" "$2" "${3:-}"
              exit "$1"
            }
            {{script}}

            """);
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
