using CiCompliance.Cryptography;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Commands;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.GitSigning;

/// <summary><c>init --sm2</c>: a key of one's own outside the working tree, and the settings of this clone that let git use it.</summary>
internal sealed class Sm2CloneSetup(IComposition parts, CommandContext context)
{
    private readonly GitConfiguration git = new(parts.GitSigning, context.ProjectDirectory);
    private readonly SigningFolder folder = SigningFolder.Of(context.Host);

    public async Task<Answer> RunAsync(CancellationToken cancellationToken)
    {
        var arguments = context.Arguments;
        if (arguments.Given(OptionTable.Repository) || (arguments.Flag(OptionTable.Request) && arguments.Given(OptionTable.Sm2Certificates)))
        {
            throw new CiComplianceException(ToolDiagnostics.CommandLine, "cicompliance",
                new("--sm2 takes no --repository, and --request no --sm2-certificates", "--sm2 不接受 --repository,--request 不接受 --sm2-certificates"), new("Leave it out", "请去掉该选项"));
        }

        var common = await git.CommonDirectoryAsync(cancellationToken);
        var holder = new KeyHolder(
            arguments.Value(OptionTable.Name) ?? await git.ReadAsync("user.name", cancellationToken) ?? throw Missing(OptionTable.Name, "user.name"),
            arguments.Value(OptionTable.Mail) ?? await git.ReadAsync("user.email", cancellationToken) ?? throw Missing(OptionTable.Mail, "user.email"));
        var options = new KeyOptions(arguments, context.Host);
        folder.CheckOutside(RepositoryTree.RootOf(context.ProjectDirectory));
        var files = arguments.Value(OptionTable.Sm2Key) is null
            ? folder.Create(holder, options.Sm2Passphrase, arguments.Flag(OptionTable.Request), context.Host.Clock.GetUtcNow())
            : await ExistingAsync(options.Sm2!, holder, cancellationToken);
        var trust = await TrustAsync(files, holder, cancellationToken);
        var program = WrapperScript.Write(Path.Combine(common, "cicompliance"));
        await ConfigureAsync(files, program, trust, cancellationToken);
        return Text(files, program, trust);
    }

    private async Task<SigningFiles> ExistingAsync(KeyReference reference, KeyHolder holder, CancellationToken cancellationToken)
    {
        var isRequest = context.Arguments.Flag(OptionTable.Request);
        if (reference.Key.StartsWith("fd:", StringComparison.Ordinal) || (reference.CertificateChain is null && !isRequest))
        {
            throw new CiComplianceException(ToolDiagnostics.CommandLine, "cicompliance",
                new("a key that is there already needs --sm2-certificates FILE, and is itself a file", "已有密钥须为文件,并配合 --sm2-certificates FILE"),
                new("Add --sm2-certificates FILE, or --request", "请添加 --sm2-certificates FILE 或 --request"));
        }

        SigningFolder.CheckOutside(reference.Key, RepositoryTree.RootOf(context.ProjectDirectory));
        using var signer = await SigningKey.OpenAsync(parts.GitSigning, reference, context.Reporter.Language, cancellationToken);
        return isRequest
            ? folder.WriteRequest(signer, reference.Key, reference.Passphrase, holder)
            : new SigningFiles(signer.KeyId, signer.PublicKey, reference.Key, reference.CertificateChain!, reference.Passphrase, null);
    }

    /// <summary>A trust store to begin with, so that git shows one's own commits as good. One that is set or there stays as it is.</summary>
    private async Task<string> TrustAsync(SigningFiles files, KeyHolder holder, CancellationToken cancellationToken)
    {
        if (await git.ReadAsync(GitConfiguration.Trust, cancellationToken) is { } set)
        {
            return set;
        }

        var content = files.Request is null ? await File.ReadAllBytesAsync(files.Certificate, cancellationToken) : System.Text.Encoding.ASCII.GetBytes(SigningFolder.PublicKeyPem(files.PublicKey));
        var keys = parts.ImportKeys(content, holder.Name, KeyRole.Committer).Keys;
        folder.WriteTrust(new TrustStore(TrustStore.CurrentVersion, [.. keys.Take(1).Select(key => key with { Identities = key.Identities ?? [holder.Mail] })]));
        return folder.Trust;
    }

    private async Task ConfigureAsync(SigningFiles files, string program, string trust, CancellationToken cancellationToken)
    {
        List<(string Name, string Value)> settings =
        [
            ("gpg.format", "x509"), ("gpg.x509.program", program), ("user.signingkey", files.KeyId),
            (GitConfiguration.SignKey, files.Key), (GitConfiguration.SignCertificate, files.Certificate), (GitConfiguration.Trust, trust),
            ("commit.gpgsign", "true"), ("tag.gpgSign", "true"),
        ];
        if (files.Passphrase is { } passphrase && !passphrase.StartsWith("fd:", StringComparison.Ordinal))
        {
            settings.Add((GitConfiguration.SignPassphrase, passphrase));
        }

        foreach (var (name, value) in settings)
        {
            await git.SetAsync(name, value, cancellationToken);
        }
    }

    private static Answer Text(SigningFiles files, string program, string trust)
    {
        var (key, certificate, shownTrust, request) = (SafeText.Line(files.Key), SafeText.Line(files.Certificate), SafeText.Line(trust), SafeText.Line(files.Request ?? ""));
        return new Answer(0, [], files.Request is null
            ? new(
                $"""
                key {files.KeyId}
                  {key}
                certificate: {certificate}
                trust store that git shows signatures by: {shownTrust}
                next: git commit, then git log --show-signature
                give the certificate to whoever keeps the repository's trust store: cicompliance trust import {ShellQuote.Word(files.Certificate)} --role committer --trust FILE
                """,
                $"""
                密钥 {files.KeyId}
                  {key}
                证书:{certificate}
                git 显示签名所用的信任库:{shownTrust}
                接下来:git commit,然后 git log --show-signature
                请将证书交给仓库信任库的维护者:cicompliance trust import {ShellQuote.Word(files.Certificate)} --role committer --trust FILE
                """)
            : new(
                $"""
                key {files.KeyId}
                  {key}
                request for a certificate: {request}
                next: put what the authority sends to {certificate}; until then git cannot sign here
                """,
                $"""
                密钥 {files.KeyId}
                  {key}
                证书请求:{request}
                接下来:将 CA 签发的证书放到 {certificate};在此之前 git 无法在此签名
                """))
        {
            Files = [files.Key, files.Request ?? files.Certificate, program, trust],
        };
    }

    private static CiComplianceException Missing(OptionDefinition option, string setting) => new(ToolDiagnostics.CommandLine, "cicompliance",
        new($"neither {option.Long} nor git's {setting} says whose key it is", $"{option.Long} 与 git 的 {setting} 均未给出密钥持有人"),
        new($"Add {option.Long}, or run git config {setting}", $"请添加 {option.Long},或设置 git config {setting}"));
}

internal sealed record KeyHolder(string Name, string Mail);

/// <param name="Request">Written instead of a certificate; null where the certificate is there.</param>
internal sealed record SigningFiles(string KeyId, byte[] PublicKey, string Key, string Certificate, string? Passphrase, string? Request);
