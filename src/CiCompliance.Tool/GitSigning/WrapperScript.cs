using System.Text;
using CiCompliance.Tool.Hosting;

namespace CiCompliance.Tool.GitSigning;

/// <summary><c>gpg.x509.program</c> takes a path without arguments: a script that starts this very tool with <c>git-sign</c>.</summary>
internal static class WrapperScript
{
    /// <param name="folder">In the clone's git folder, so that it goes with the clone.</param>
    public static string Write(string folder)
    {
        var path = Path.Combine(folder, "git-sign");
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var temporary = $"{path}.{Environment.ProcessId}.partial";
            // Without PATH, the words are whole paths: what git starts must not depend on where it is started.
            var command = ToolCommand.Of(Environment.ProcessPath!, AppContext.BaseDirectory, path: null);
            File.WriteAllText(temporary, $"#!/bin/sh\nexec {string.Join(' ', command.Select(Quote))} git-sign \"$@\"\n", new UTF8Encoding(false));
            File.SetUnixFileMode(temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.Move(temporary, path, overwrite: true);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CiComplianceException(ToolDiagnostics.GitRefused, path,
                new($"the clone's git folder cannot be written ({e.Message})", $"克隆的 git 目录不可写({e.Message})"), new("Run it as the clone's owner", "请以克隆的属主身份运行"), e);
        }
    }

    // Between single quotes a shell takes everything as it stands but the quote itself.
    private static string Quote(string word) => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
