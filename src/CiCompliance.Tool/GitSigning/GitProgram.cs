using System.Text;
using CiCompliance.Cryptography;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Source;
using CiCompliance.Tool.Hosting;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.GitSigning;

/// <summary>The signing program that git starts: SM2 signatures made, CMS signatures of every accepted kind verified, by the gate's own engine.</summary>
internal sealed class GitProgram(GitSigningParts parts, ToolHost host, Reporter reporter)
{
    private const int MaxPayload = 64 << 20;
    private const int MaxSignature = 1 << 20;

    /// <returns>0 only where it signed, or where the signature passes.</returns>
    public async Task<int> RunAsync(GitSignRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return request.Key is { } key ? await SignAsync(request.Status, key, cancellationToken) : await VerifyAsync(request.Status, request.SignatureFile!, cancellationToken);
        }
        catch (CiComplianceException e) when (request.Key is not null)
        {
            // git 2.39 keeps to itself what a signing program says.
            Terminal.TryWrite(reporter.Safe(e.Finding.Format(reporter.Language)) + "\n");
            throw;
        }
        catch when (request.Key is null)
        {
            // Without this line git would say that there is no signature.
            Write(request.Status, StatusLines.Undecided());
            throw;
        }
    }

    private async Task<int> SignAsync(int status, string keyId, CancellationToken cancellationToken)
    {
        var payload = ReadPayload();
        var settings = await new GitConfiguration(parts, host.WorkingDirectory).ReadOwnAsync(cancellationToken);
        var reference = new KeyReference(Path(settings, GitConfiguration.SignKey), OptionalPath(settings, GitConfiguration.SignPassphrase), Path(settings, GitConfiguration.SignCertificate));
        using var signer = await SigningKey.OpenAsync(parts, reference, reporter.Language, cancellationToken);
        if (!string.Equals(signer.KeyId, keyId, StringComparison.OrdinalIgnoreCase))
        {
            throw NotSetUp(reference.Key,
                new($"git asks for the key '{keyId}', and this one is {signer.KeyId}", $"git 要求密钥“{keyId}”,而此密钥是 {signer.KeyId}"),
                new($"Write git config user.signingkey {signer.KeyId}", $"请设置 git config user.signingkey {signer.KeyId}"));
        }

        var now = host.Clock.GetUtcNow();
        var armour = CmsSigner.Sign(signer, payload, now);
        CheckOwn(signer, armour, payload, reference);
        Write(1, Encoding.ASCII.GetString(armour));
        Write(status, StatusLines.Created(signer.KeyId, now));
        return ExitCode.Compliant;
    }

    /// <summary>Nothing leaves here that the gate would refuse: an expired certificate, one of another purpose.</summary>
    private void CheckOwn(ISigner signer, byte[] armour, byte[] payload, KeyReference reference)
    {
        var own = new TrustedKey(signer.KeyId, "", KeyRole.Committer, signer.Algorithm, signer.PublicKey, []);
        var assessment = parts.Signatures.Verify(new(SignatureFormat.Cms, armour, payload), [own]);
        if (assessment is not { Verdict: Verdict.Pass, Diagnostic: null })
        {
            throw new CiComplianceException(ToolDiagnostics.UnusableSignature, reference.CertificateChain!,
                new($"a signature with this key and certificate would be refused: {assessment.Detail.En}", $"用此密钥和证书作出的签名将被拒绝:{assessment.Detail.Zh}"),
                new("Renew the certificate", "请更新证书"));
        }
    }

    private async Task<int> VerifyAsync(int status, string signatureFile, CancellationToken cancellationToken)
    {
        var payload = ReadPayload();
        var armour = ReadSignature(host.PathOf(signatureFile));
        var settings = await new GitConfiguration(parts, host.WorkingDirectory).ReadOwnAsync(cancellationToken);
        var path = Path(settings, GitConfiguration.Trust);
        var trust = PolicySource.ParseTrust(OutsideFile.Read(path, GitConfiguration.Trust, RepositoryTree.RootOf(host.WorkingDirectory), TrustStore.MaxBytes), path);

        // Without a repository's name only keys count that are trusted for every repository.
        var committers = trust.With(KeyRole.Committer, settings.GetValueOrDefault(GitConfiguration.Repository) ?? "").ToList();
        var assessment = parts.Signatures.Verify(new(SignatureFormat.Cms, armour, payload), committers);
        var signers = assessment.Signers.Select(signer => committers.FirstOrDefault(key => key.Id == signer.KeyId)).ToList();
        Write(status, StatusLines.Of(assessment, signers.FirstOrDefault()?.Name));
        if (assessment is not { Verdict: Verdict.Pass, Diagnostic: null })
        {
            var cause = assessment.Diagnostic ?? SourceDiagnostics.BadSignature;
            reporter.Show(new Finding(cause, assessment.Signers is [var named, ..] ? named.KeyId : "signature", assessment.Detail, SourceFixes.For(cause)));
            return ExitCode.NotCompliant;
        }

        foreach (var (signer, key) in assessment.Signers.Zip(signers))
        {
            reporter.Note(new($"Good signature by {key!.Name}, key {signer.KeyId}, {signer.SignedAt:u}", $"{key.Name} 的签名有效,密钥 {signer.KeyId},{signer.SignedAt:u}"));
        }

        return ExitCode.Compliant;
    }

    private byte[] ReadPayload()
    {
        using var input = host.Input();
        using var content = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int read; (read = input.Read(buffer)) > 0;)
        {
            content.Write(buffer, 0, read);
            if (content.Length > MaxPayload)
            {
                throw new CiComplianceException(ToolDiagnostics.InputUnreadable, "cicompliance",
                    new("the object on standard input is larger than 64 MiB", "标准输入中的对象超过 64 MiB"), new("Make the message shorter", "请缩短说明"));
            }
        }

        return content.ToArray();
    }

    private static byte[] ReadSignature(string path)
    {
        try
        {
            return OutsideFile.Read(path, MaxSignature);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutsideFile.Unreadable(path, "--verify", e);
        }
    }

    private static string Path(IReadOnlyDictionary<string, string> settings, string name) => OptionalPath(settings, name) ?? throw NotSetUp(name,
        new("it is not set in this clone", "此克隆未设置该项"),
        name == GitConfiguration.Trust
            ? new($"Write git config {name} FILE, a trust store outside the repository", $"请设置 git config {name} FILE,指向仓库之外的信任库")
            : new("Run cicompliance init --sm2", "请运行 cicompliance init --sm2"));

    /// <summary>Absolute: a relative path would lead into whatever tree is checked out.</summary>
    private static string? OptionalPath(IReadOnlyDictionary<string, string> settings, string name) =>
        settings.GetValueOrDefault(name) is not { Length: > 0 } path ? null
        : System.IO.Path.IsPathFullyQualified(path) ? path
        : throw NotSetUp(name, new("its value is not an absolute path", "其值不是绝对路径"), new($"Write git config {name} with the whole path", $"请用完整路径设置 git config {name}"));

    private static CiComplianceException NotSetUp(string origin, LocalizedText what, LocalizedText fix) => new(ToolDiagnostics.NotSetUpToSign, origin, what, fix);

    private void Write(int descriptor, string text) => (descriptor == 1 ? host.Answer : host.Messages).Write(text);
}
