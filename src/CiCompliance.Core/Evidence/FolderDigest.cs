using System.Security.Cryptography;
using System.Text;
using CiCompliance.Digests;
using CiCompliance.Evidence.Verification;

namespace CiCompliance.Evidence;

/// <summary>
/// One digest over a whole evidence folder, for a pipeline that is split over jobs: it travels by another way than the folder, and is
/// compared before anything in the folder is used. The form is docs/evidence-format.md, "The folder's digest".
/// </summary>
public static class FolderDigest
{
    /// <summary>What a digest begins with.</summary>
    public const string Prefix = "sha256:";

    private const int HexLength = 64;

    /// <summary>Whether the text is <c>sha256:</c> and 64 lower-case hexadecimal digits.</summary>
    public static bool IsWellFormed(string text) =>
        text.Length == Prefix.Length + HexLength && text.StartsWith(Prefix, StringComparison.Ordinal)
        && text[Prefix.Length..].All(char.IsAsciiHexDigitLower);

    /// <exception cref="CiComplianceException">The folder can't be read, or holds links, special files or more than evidence can.</exception>
    public static string Compute(string directory, IDigestCalculator digests, CancellationToken cancellationToken)
    {
        using var snapshot = EvidenceSnapshot.OpenForDigests(directory, digests, cancellationToken);
        return Of(snapshot);
    }

    /// <summary>Of a folder whose files are open already: what is compared is what is read.</summary>
    internal static string Of(EvidenceSnapshot snapshot)
    {
        using var listing = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, file) in snapshot.Files.Values.Select(file => (Encoding.UTF8.GetBytes(file.Name), file)).Order(ByBytes))
        {
            // No path holds a NUL, so no name can stand for two rows.
            listing.AppendData(Encoding.ASCII.GetBytes($"{file.Digests.Sha256} {file.Size} "));
            listing.AppendData(name);
            listing.AppendData([0]);
        }

        return Prefix + Convert.ToHexStringLower(listing.GetHashAndReset());
    }

    /// <summary>Compares the folder with a digest that came by another way.</summary>
    /// <exception cref="CiComplianceException">Another folder (CIC2290), or one that <see cref="Compute"/> refuses.</exception>
    public static void Check(string directory, string expected, IDigestCalculator digests, CancellationToken cancellationToken)
    {
        using var snapshot = EvidenceSnapshot.Open(directory, digests, cancellationToken);
        Check(snapshot, directory, expected);
    }

    internal static void Check(EvidenceSnapshot snapshot, string directory, string expected)
    {
        var actual = Of(snapshot);
        if (actual != expected)
        {
            throw new CiComplianceException(EvidenceDiagnostics.HandoverDiffers, directory,
                new($"its digest is {actual}, but {expected} was handed over", $"其摘要为 {actual},而交接的摘要为 {expected}"),
                new("Do not sign or publish it: find out who changed it on the way, then run the pipeline from the beginning",
                    "请勿签名或发布:先查明传递途中被谁更改,再从头运行流水线"));
        }
    }

    private static Comparer<(byte[] Name, EvidenceFile File)> ByBytes { get; } =
        Comparer<(byte[] Name, EvidenceFile File)>.Create((a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
}
