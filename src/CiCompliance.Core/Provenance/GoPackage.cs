using System.Text.Json;
using System.Text.Json.Serialization;

namespace CiCompliance.Provenance;

/// <summary>What the build asks of <c>go list -json</c>.</summary>
internal sealed record GoPackage(string ImportPath, string? Name, bool DepOnly, bool Standard, IReadOnlyList<string>? CgoFiles, GoPackageModule? Module)
{
    /// <summary>The documents of <c>go list -json</c> follow one another without commas.</summary>
    /// <exception cref="JsonException">Not such output.</exception>
    public static IReadOnlyList<GoPackage> ParseAll(ReadOnlySpan<byte> output)
    {
        var packages = new List<GoPackage>();
        var reader = new Utf8JsonReader(output, new JsonReaderOptions { AllowMultipleValues = true });
        while (reader.Read())
        {
            packages.Add(JsonSerializer.Deserialize(ref reader, GoListContext.Default.GoPackage) ?? throw new JsonException("null is no package"));
        }

        return packages;
    }

    /// <summary>The name <c>go build</c> gives the program: the last path element that is no major version.</summary>
    public string ProgramName
    {
        get
        {
            var elements = ImportPath.Split('/');
            var last = elements[^1];
            var isMajor = elements.Length > 1 && last.Length > 1 && last[0] == 'v' && last.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0 && last is not ("v0" or "v1") && last[1] != '0';
            return isMajor ? elements[^2] : last;
        }
    }
}

internal sealed record GoPackageModule(string Path, bool Main);

// Not evidence but the go command's own output, which holds more than is asked for here.
[JsonSourceGenerationOptions(UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(GoPackage))]
internal sealed partial class GoListContext : JsonSerializerContext;
