namespace CiCompliance.Testing;

/// <summary>A go command that is a shell script, for what no real one does.</summary>
public static class FakeGo
{
    /// <summary>Writes it as <c>DIRECTORY/go</c>: answers <c>go env -json …</c> with the given JSON, and anything else with the given shell lines.</summary>
    public static string Write(string directory, string envJson, string otherwise = "exit 1")
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "go");
        File.WriteAllText(path, $"#!/bin/sh\nif [ \"$1\" = env ]; then\ncat <<'END'\n{envJson}\nEND\nexit 0\nfi\n{otherwise}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
