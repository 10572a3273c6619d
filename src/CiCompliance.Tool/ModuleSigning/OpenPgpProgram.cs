using CiCompliance.Cryptography;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Publishers;
using CiCompliance.Keys;
using CiCompliance.Processes;
using CiCompliance.Tool.Doctor;

namespace CiCompliance.Tool.ModuleSigning;

/// <summary>Signs with gpg, whose agent holds the key. gpg runs without its user's options, so that none of them adds a signer or changes the form.</summary>
internal sealed class OpenPgpProgram(ModuleSigningParts parts, string directory)
{
    /// <summary>Somebody may have to be asked for a passphrase.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // Where its keys are, and how its agent asks for a passphrase.
    private static readonly string[] Passed =
        ["GNUPGHOME", "HOME", "GPG_TTY", "TERM", "DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"];

    /// <param name="fingerprint">Of the certificate or of a subkey, 40 hexadecimal digits.</param>
    /// <exception cref="CiComplianceException">CIC7142, CIC7143, or CIC31nn: the certificate can't be used.</exception>
    public async Task<(TrustedKey Key, ModuleSignature Signature)> SignAsync(ModuleStatement statement, string fingerprint, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var certificate = await RunAsync(fingerprint, ["--export", fingerprint], default, cancellationToken);
        if (certificate.Length == 0)
        {
            throw Failed(fingerprint, new("it has no such key", "其中没有该密钥"));
        }

        var key = KeyringImporter.Import("gpg", certificate, KeyRole.Publisher, []).Keys[0];
        var signature = await RunAsync(fingerprint,
            ["--local-user", fingerprint, "--digest-algo", "SHA256", "--no-armor", "--output", "-", "--detach-sign"], statement.SignedBytes, cancellationToken);
        var answer = parts.OpenPgp.Verify(signature, statement.SignedBytes, key, now);
        return answer.Outcome == OpenPgpOutcome.Valid
            ? (key, new(key.Id, signature))
            : throw new CiComplianceException(GoProxyDiagnostics.UnusableSignature, fingerprint,
                new($"what gpg made would be refused: {answer.Detail.En}", $"gpg 作出的签名将被拒绝:{answer.Detail.Zh}"),
                new("Sign with a key that is valid now and strong enough", "请使用当前有效且强度足够的密钥"));
    }

    private async Task<byte[]> RunAsync(string fingerprint, string[] arguments, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        var gpg = ProgramPath.All("gpg", parts.Environment.GetValueOrDefault("PATH")) is [var first, ..] ? first
            : throw Failed("gpg", new("there is no gpg on PATH", "PATH 中没有 gpg"));
        var environment = Passed.Where(parts.Environment.ContainsKey).ToDictionary(name => name, name => parts.Environment[name]);
        environment["LC_ALL"] = "C.UTF-8";
        var result = await parts.Processes.RunAsync(
            new(gpg, ["--no-options", "--batch", "--no-tty", .. arguments], directory, environment) { Timeout = Patience, MaxOutputBytes = 1 << 20, StandardInput = input }, cancellationToken);
        return result.ExitCode == 0 ? result.StandardOutput
            : throw Failed(fingerprint, new($"gpg failed: {SafeText.Line(result.Error.Trim(), 300)}", $"gpg 失败:{SafeText.Line(result.Error.Trim(), 300)}"));
    }

    private static CiComplianceException Failed(string origin, LocalizedText what) => new(GoProxyDiagnostics.OpenPgpFailed, origin, what,
        new("Try it by hand: gpg --detach-sign --local-user FINGERPRINT; GNUPGHOME says where the keys are", "请手动尝试:gpg --detach-sign --local-user 指纹;GNUPGHOME 指明密钥位置"));
}
