using CiCompliance.Benchmarks.Measuring;
using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Workload;

/// <summary>A web server with a large file in it, linked as the pipeline links.</summary>
internal static class LargeProgram
{
    private const int EmbeddedBytes = 25_000_000;

    public static string Build(Setting setting)
    {
        var folder = Path.Combine(setting.Artifacts, "benchmark", "large");
        var program = Path.Combine(folder, "large");
        if (File.Exists(program))
        {
            return program;
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "go.mod"), "module modules.example/large\n\ngo 1.19\n");
        File.WriteAllBytes(Path.Combine(folder, "content.bin"), Content());
        File.WriteAllText(Path.Combine(folder, "main.go"), """
            package main

            import (
            	_ "embed"
            	"net/http"
            )

            //go:embed content.bin
            var content []byte

            func main() {
            	http.HandleFunc("/", func(writer http.ResponseWriter, _ *http.Request) { writer.Write(content) })
            	http.ListenAndServe("127.0.0.1:0", nil)
            }

            """);
        var environment = GoPrograms.Environment(setting.Go);
        environment["CGO_ENABLED"] = "1";
        environment["GOCACHE"] = Path.Combine(setting.Artifacts, "benchmark", "go-build");
        new Command("go build", setting.Go,
            ["build", "-trimpath", "-buildvcs=false", "-buildmode=pie", "-ldflags", "-bindnow -s -w -extldflags '-z relro -z now'", "-o", program + ".new", "."], environment, folder).Answer();
        File.Move(program + ".new", program);
        return program;
    }

    private static byte[] Content()
    {
        var numbers = new DeterministicBytes(1);
        var content = new byte[EmbeddedBytes];
        for (var index = 0; index < content.Length; index++)
        {
            content[index] = (byte)numbers.Next(256);
        }

        return content;
    }
}
