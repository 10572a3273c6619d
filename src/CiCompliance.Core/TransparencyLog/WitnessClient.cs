using System.Globalization;
using System.Net;
using System.Text;

namespace CiCompliance.TransparencyLog;

/// <summary>Asks one witness for its co-signature (C2SP tlog-witness, <c>POST add-checkpoint</c>). Nothing it answers is believed here.</summary>
/// <param name="post">Sends the content to the witness's <c>add-checkpoint</c>.</param>
internal sealed class WitnessClient(Func<byte[], CancellationToken, Task<ServiceAnswer>> post)
{
    private const int Attempts = 3;

    /// <param name="checkpoint">With the signature lines of the log that the witness knows.</param>
    /// <param name="prove">Hashes that lead from a smaller size to the checkpoint (RFC 6962 §2.1.2).</param>
    /// <returns>The lines that it gave, or why it gave none.</returns>
    public async Task<(IReadOnlyList<NoteSignature> Lines, LocalizedText? Problem)> CosignAsync(
        Checkpoint checkpoint, Func<long, CancellationToken, Task<IReadOnlyList<byte[]>>> prove, CancellationToken cancellationToken)
    {
        var seen = 0L;
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var proof = seen > 0 && seen < checkpoint.Size ? await prove(seen, cancellationToken) : [];
            var answer = await post(Request(seen, proof, checkpoint), cancellationToken);
            switch (answer.Status)
            {
                case HttpStatusCode.OK:
                    return Parse(answer.Content);
                case HttpStatusCode.Conflict when SizeOf(answer.Content) is { } size && size <= checkpoint.Size && size != seen:
                    seen = size;
                    break;
                case HttpStatusCode.Conflict:
                    return ([], new("it has seen a larger tree of this log already", "其已见过该日志更大的树"));
                default:
                    return ([], new($"it answered {(int)answer.Status}{answer.Message}", $"返回 {(int)answer.Status}{answer.Message}"));
            }
        }

        return ([], new("the size that it has seen changes with every answer", "其所见大小每次应答都不同"));
    }

    private static byte[] Request(long seen, IReadOnlyList<byte[]> proof, Checkpoint checkpoint)
    {
        var head = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"old {seen}\n"));
        foreach (var hash in proof)
        {
            head.Append(Convert.ToBase64String(hash)).Append('\n');
        }

        return [.. Encoding.ASCII.GetBytes(head.Append('\n').ToString()), .. checkpoint.ToBytes()];
    }

    private static long? SizeOf(byte[] content) =>
        content.Length <= 20 && Encoding.ASCII.GetString(content) is [.. var digits, '\n']
        && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null;

    private static (IReadOnlyList<NoteSignature> Lines, LocalizedText? Problem) Parse(byte[] content)
    {
        try
        {
            var lines = content.Length <= Checkpoint.MaxBytes ? new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content).Split('\n') : [];
            return lines is [{ Length: > 0 }, .., ""] && lines.Length <= 1 + Checkpoint.MaxSignatures
                ? ([.. lines[..^1].Select(NoteSignature.Parse)], null)
                : throw new LocalizedFormatException("they are not lines", "不是若干行");
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return ([], new($"its answer is not signature lines ({e.Problem().En})", $"返回内容不是签名行({e.Problem().Zh})"));
        }
    }
}
