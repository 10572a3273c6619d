using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd;

internal static class Secrets
{
    public static string Write(Case run, string name, string content)
    {
        var path = run.Folder.Write("secrets/" + name, content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    /// <summary>A key of the scenario, encrypted by OpenSSL.</summary>
    public static string Encrypt(Case run, string option, string passphrase)
    {
        var openssl = Peers.Require("openssl");
        var path = Write(run, option + ".pem", "");
        var result = ChildProcess.Capture(openssl,
            ["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-in", Scenario.KeyFile(option), "-passout", "stdin"], "/", new Dictionary<string, string>(),
            System.Text.Encoding.ASCII.GetBytes(passphrase + "\n"));
        File.WriteAllBytes(path, result);
        return path;
    }
}
