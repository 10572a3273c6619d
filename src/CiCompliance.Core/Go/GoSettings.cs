using System.Text.Json.Serialization;
using CiCompliance.Json;

namespace CiCompliance.Go;

/// <summary>Which layer gave a go setting its value; the earlier wins (reference: cmd/go, "Environment variables").</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<SettingLayer>))]
public enum SettingLayer
{
    /// <summary>Set nowhere: the go command's own default.</summary>
    BuiltIn,

    /// <summary>A non-empty variable of the environment.</summary>
    Environment,

    /// <summary>The file that <c>go env GOENV</c> names, written by <c>go env -w</c>.</summary>
    UserFile,

    /// <summary><c>GOROOT/go.env</c>, from Go 1.21.</summary>
    Goroot,
}

/// <param name="Value">Without secrets once it is in a record.</param>
public sealed record GoSetting(string Name, string Value, SettingLayer Layer);

/// <summary>The layers of the go command's settings around a project, as a plain <c>go build</c> there would see them.</summary>
internal sealed class GoSettings(
    IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, string> userFile, IReadOnlyDictionary<string, string> goroot,
    IReadOnlyDictionary<string, string> resolved)
{
    private const int MaxFileBytes = 1 << 20;

    public IReadOnlyDictionary<string, string> OsEnvironment => environment;

    /// <summary>The value in force and its layer.</summary>
    public GoSetting this[string name]
    {
        get
        {
            if (environment.GetValueOrDefault(name) is { Length: > 0 } fromOs)
            {
                return new(name, fromOs, SettingLayer.Environment);
            }

            // An empty line of the user's file hides that of GOROOT/go.env.
            if (userFile.TryGetValue(name, out var fromUser) ? fromUser.Length > 0 : goroot.GetValueOrDefault(name) is { Length: > 0 })
            {
                return userFile.ContainsKey(name) ? new(name, userFile[name], SettingLayer.UserFile) : new(name, goroot[name], SettingLayer.Goroot);
            }

            return new(name, resolved.GetValueOrDefault(name) ?? "", SettingLayer.BuiltIn);
        }
    }

    /// <summary>Reads a go/env or go.env file: NAME=value lines; what is no such line is skipped, as the go command does.</summary>
    /// <exception cref="CiComplianceException">It is there and can't be read, or is larger than 1 MiB (CIC0057).</exception>
    public static IReadOnlyDictionary<string, string> ReadFile(string path)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!File.Exists(path))
        {
            return values;
        }

        try
        {
            if (new FileInfo(path).Length > MaxFileBytes)
            {
                throw new IOException($"it has more than {MaxFileBytes} bytes");
            }

            foreach (var line in File.ReadAllText(path).Split('\n'))
            {
                var equals = line.IndexOf('=', StringComparison.Ordinal);
                if (equals > 0 && char.IsAsciiLetterUpper(line[0]))
                {
                    values[line[..equals]] = line[(equals + 1)..];
                }
            }

            return values;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CiComplianceException(GoEnvironmentDiagnostics.Unreadable, path,
                new($"it cannot be read ({e.Message})", $"无法读取({e.Message})"), new("Correct its permissions, or remove it", "请修正其权限或将其删除"), e);
        }
    }
}
