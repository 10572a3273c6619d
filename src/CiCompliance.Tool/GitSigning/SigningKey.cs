using System.Globalization;
using System.IO.Pipes;
using System.Security.Cryptography;
using CiCompliance.Cryptography;
using CiCompliance.Keys;

namespace CiCompliance.Tool.GitSigning;

/// <summary>Opens the SM2 key; asks for its passphrase on the terminal where it is encrypted and no file was named.</summary>
internal static class SigningKey
{
    public static async Task<ISigner> OpenAsync(GitSigningParts parts, KeyReference reference, Language language, CancellationToken cancellationToken)
    {
        try
        {
            return parts.Signers.Open(reference, KeyAlgorithm.Sm2);
        }
        catch (CiComplianceException e) when (e.Diagnostic == KeyDiagnostics.PassphraseNeeded)
        {
            var passphrase = await Terminal.AskAsync(parts.Processes, parts.Environment, reference.Key, language, cancellationToken) ?? throw Unanswered(reference, e);
            // One line, short of the pipe's capacity, and then its end: as in a passphrase file.
            using var pipe = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
            try
            {
                using var writer = new AnonymousPipeClientStream(PipeDirection.Out, pipe.ClientSafePipeHandle);
                writer.Write(passphrase);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(passphrase);
            }

            var descriptor = pipe.SafePipeHandle.DangerousGetHandle().ToString(CultureInfo.InvariantCulture);
            return parts.Signers.Open(reference with { Passphrase = $"fd:{descriptor}" }, KeyAlgorithm.Sm2);
        }
    }

    private static CiComplianceException Unanswered(KeyReference reference, Exception cause) => new(KeyDiagnostics.PassphraseNeeded, reference.Key,
        new("the key is encrypted, no passphrase file is named and there is no terminal to ask at", "密钥已加密,未指定口令文件,也没有可供询问的终端"),
        new($"Write git config {GitConfiguration.SignPassphrase} FILE, or sign at a terminal", $"请设置 git config {GitConfiguration.SignPassphrase} FILE,或在终端中签名"), cause);
}
