using System.Security.Cryptography;
using CiCompliance.Sigstore;
using CiCompliance.Tool.Hosting;

namespace CiCompliance.Tool.Inputs;

/// <summary>What was signed: a file, or a digest by the rule of the Sigstore conformance suite (docs/cli_protocol.md).</summary>
internal static class ArtifactFile
{
    private const string Prefix = "sha256:";
    private const int MaxContent = 64 << 20;

    /// <param name="operand">A path, or <c>sha256:</c> and 64 hexadecimal digits where no such file exists.</param>
    /// <exception cref="CiComplianceException">No such file, or unreadable (CIC0007).</exception>
    public static SignedArtifact Read(string operand, ToolHost host, CancellationToken cancellationToken)
    {
        var path = host.PathOf(operand);
        if (operand.StartsWith(Prefix, StringComparison.Ordinal) && operand.Length == Prefix.Length + 64
            && operand[Prefix.Length..].All(char.IsAsciiHexDigit) && !File.Exists(path))
        {
            return new SignedArtifact(Convert.FromHexString(operand.AsSpan(Prefix.Length)));
        }

        try
        {
            var sha256 = Digest(path, HashAlgorithmName.SHA256, cancellationToken);
            return new SignedArtifact(sha256)
            {
                OtherDigest = algorithm => Same(path, sha256, Digest(path, algorithm, cancellationToken), cancellationToken),
                Content = () => new FileInfo(path).Length <= MaxContent ? Content(path, sha256) : null,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutsideFile.Unreadable(path, "ARTIFACT", e);
        }
    }

    private static byte[] Digest(string path, HashAlgorithmName algorithm, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(algorithm);
        var buffer = new byte[256 << 10];
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
        }

        return hash.GetHashAndReset();
    }

    private static byte[] Content(string path, byte[] sha256)
    {
        var content = OutsideFile.Read(path, MaxContent);
        return SHA256.HashData(content).AsSpan().SequenceEqual(sha256) ? content : throw Changed(path);
    }

    /// <summary>Read twice, it must be the same file: each digest would be of another otherwise.</summary>
    private static byte[] Same(string path, byte[] sha256, byte[] other, CancellationToken cancellationToken) =>
        Digest(path, HashAlgorithmName.SHA256, cancellationToken).AsSpan().SequenceEqual(sha256) ? other : throw Changed(path);

    private static CiComplianceException Changed(string path) => OutsideFile.Unreadable(path, "ARTIFACT", new IOException("it changed while it was read"));
}
