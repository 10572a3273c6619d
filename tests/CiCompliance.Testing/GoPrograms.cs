using System.Collections.Concurrent;
using System.Diagnostics;

namespace CiCompliance.Testing;

/// <summary>
/// Small Go programs built by a real go command: <c>pure</c> (fmt), <c>std-cgo</c> (net, os/user), <c>own-cgo</c> (its own C). Each
/// combination is built once a process; the build cache stays in the temporary folder between runs.
/// </summary>
public static class GoPrograms
{
    private static readonly TempDirectory Root = Create();
    private static readonly ConcurrentDictionary<string, Lazy<string>> Built = new();

    public static string Module => Root.Combine("module");

    /// <param name="go">Peer name, for example <c>go1.23</c>; absent means the test is skipped.</param>
    public static string Build(string go, string program, bool cgo, params string[] flags) => Build(go, program, cgo, "amd64", flags);

    public static string Build(string go, string program, bool cgo, string goArch, string[] flags)
    {
        var command = Peers.Require(go);
        var key = string.Join('\n', [go, program, $"{cgo}", goArch, .. flags]);
        return Built.GetOrAdd(key, _ => new Lazy<string>(() =>
        {
            var output = Root.Combine($"out-{Guid.NewGuid():n}");
            var (exit, text) = Run(command, Module, cgo, goArch, ["build", "-trimpath", "-buildvcs=false", .. flags, "-o", output, $"./{program}"]);
            return exit == 0 ? output : throw new InvalidOperationException(text);
        })).Value;
    }

    public static (int ExitCode, string Output) Run(string command, string directory, bool cgo, string goArch, params string[] arguments)
    {
        var info = new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment.Clear();
        foreach (var (name, value) in Environment(command))
        {
            info.Environment[name] = value;
        }

        info.Environment["CGO_ENABLED"] = cgo ? "1" : "0";
        info.Environment["GOARCH"] = goArch;
        using var process = Process.Start(info)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    /// <summary>An environment for this go command that touches nothing of the user's, and no network.</summary>
    public static Dictionary<string, string> Environment(string command) => new()
    {
        ["PATH"] = System.Environment.GetEnvironmentVariable("PATH") ?? "",
        ["HOME"] = Root.Combine("home"),
        ["GOPATH"] = Root.Combine("gopath"),
        ["GOCACHE"] = Path.Combine(Path.GetTempPath(), "cicompliance-test-gocache-" + Path.GetFileName(command).Replace("go", "", StringComparison.Ordinal)),
        ["GOENV"] = "off",
        ["GOOS"] = "linux",
        ["GOFLAGS"] = "-mod=readonly",
        ["GOPROXY"] = "off",
        ["GOSUMDB"] = "off",
        ["GOTOOLCHAIN"] = "local",
        ["GOWORK"] = "off",
    };

    private static TempDirectory Create()
    {
        var root = new TempDirectory();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => root.Dispose();
        Directory.CreateDirectory(root.Combine("home"));
        root.Write("module/go.mod", "module example.com/programs\n\ngo 1.18\n");
        root.Write("module/pure/main.go", "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n");
        root.Write("module/std-cgo/main.go", """
            package main

            import (
            	"fmt"
            	"net"
            	"os/user"
            )

            func main() {
            	fmt.Println(net.LookupHost("localhost"))
            	fmt.Println(user.Current())
            }

            """);
        root.Write("module/own-cgo/main.go", """
            package main

            // #include <stdlib.h>
            import "C"

            import "fmt"

            func main() { fmt.Println(C.abs(-3)) }

            """);
        return root;
    }
}
