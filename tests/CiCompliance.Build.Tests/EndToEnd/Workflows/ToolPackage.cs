using System.IO.Compression;
using System.Security.Cryptography;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>The published tool as a dotnet tool package in a folder that serves as feed.</summary>
internal static class ToolPackage
{
    public const string Version = "9.9.9-test";

    /// <returns>The package's SHA-256.</returns>
    public static string Write(string feed)
    {
        var file = Path.Combine(Directory.CreateDirectory(feed).FullName, $"CiCompliance.Tool.{Version}.nupkg");
        using (var zip = ZipFile.Open(file, ZipArchiveMode.Create))
        {
            Write(zip, "CiCompliance.Tool.nuspec", $"""
                <package xmlns="http://schemas.microsoft.com/packaging/2012/06/nuspec.xsd"><metadata>
                <id>CiCompliance.Tool</id><version>{Version}</version><authors>test</authors><description>test</description>
                <packageTypes><packageType name="DotnetTool" /></packageTypes></metadata></package>
                """);
            var (entry, runner) = File.Exists(Scenario.Tool + ".dll") ? ("cicompliance.dll", "dotnet") : ("cicompliance", "executable");
            Write(zip, "tools/net10.0/any/DotnetToolSettings.xml", $"""
                <DotNetCliTool Version="1"><Commands><Command Name="cicompliance" EntryPoint="{entry}" Runner="{runner}" /></Commands></DotNetCliTool>
                """);
            foreach (var part in Directory.EnumerateFiles(Path.GetDirectoryName(Scenario.Tool)!))
            {
                zip.CreateEntryFromFile(part, "tools/net10.0/any/" + Path.GetFileName(part), CompressionLevel.NoCompression);
            }
        }

        using var content = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    private static void Write(ZipArchive zip, string name, string content)
    {
        using var writer = new StreamWriter(zip.CreateEntry(name).Open());
        writer.Write(content);
    }
}
