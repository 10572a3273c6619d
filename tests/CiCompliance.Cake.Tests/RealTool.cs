using System.Diagnostics;
using CiCompliance.Testing;

namespace CiCompliance.Cake.Tests;

/// <summary>The published tool.</summary>
internal static class RealTool
{
    public static string Path
    {
        get
        {
            var path = Environment.GetEnvironmentVariable("CICOMPLIANCE_TOOL") ?? TestVectors.PathOf("..", "..", "artifacts", "tool", "cicompliance");
            if (!File.Exists(path))
            {
                Assert.Ignore("needs the published tool: ./build.sh --target=Publish");
            }

            return System.IO.Path.GetFullPath(path);
        }
    }

    public static Process Start(string path, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
