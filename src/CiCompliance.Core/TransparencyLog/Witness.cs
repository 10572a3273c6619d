using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Evidence.Verification;
using CiCompliance.Json;
using CiCompliance.Keys;

namespace CiCompliance.TransparencyLog;

/// <summary>What a witness answers (C2SP tlog-witness).</summary>
/// <param name="Status">200, 400, 403, 404, 409 or 422.</param>
/// <param name="Text">200: its signature line; 409: the size that it has seen; else why not.</param>
public sealed record WitnessAnswer(int Status, string Text);

/// <summary>
/// Co-signs checkpoints of logs that it trusts, each only where it continues the one that it signed before: what it signed is on the disk
/// before anybody gets the line. One process on one folder.
/// </summary>
/// <param name="folder">Keeps one checkpoint for each origin.</param>
/// <param name="logs">Keys with <see cref="KeyRole.Log"/>; a name is the whole origin, or the host name that it begins with.</param>
public sealed class Witness(
    string folder, string name, ISigner key, IReadOnlyList<TrustedKey> logs, ISignatureVerifier verifier, TimeProvider clock) : IDisposable
{
    public const int MaxRequest = Checkpoint.MaxBytes + ((MerkleProof.MaxInclusionHashes + 2) * 64);

    private readonly Lock gate = new();
    private readonly FileStream held = Hold(folder);

    /// <param name="request"><c>old SIZE</c>, hashes that lead from there in base64, an empty line, the checkpoint.</param>
    /// <exception cref="IOException">What it has seen can't be read or kept: then nothing was signed.</exception>
    public WitnessAnswer Cosign(ReadOnlySpan<byte> request)
    {
        (long Old, IReadOnlyList<byte[]> Proof, Checkpoint Shown) asked;
        try
        {
            asked = Parse(request);
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return new(400, "not an add-checkpoint request\n");
        }

        var candidates = logs.Where(log => log.Name == asked.Shown.Origin || log.Name == asked.Shown.Name).ToList();
        if (candidates.Count == 0)
        {
            return new(404, "unknown log\n");
        }

        var now = clock.GetUtcNow();
        if (!candidates.Exists(log => log.Revocation is null && log.IsValidAt(now)
            && asked.Shown.Verify(asked.Shown.Name, log.Algorithm, log.PublicKey, verifier) == Verdict.Pass))
        {
            return new(403, "no signature by a trusted key of this log\n");
        }

        lock (gate)
        {
            return Continue(asked.Old, asked.Proof, asked.Shown, now);
        }
    }

    public void Dispose() => held.Dispose();

    private WitnessAnswer Continue(long old, IReadOnlyList<byte[]> proof, Checkpoint shown, DateTimeOffset now)
    {
        var path = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(shown.Origin))) + ".checkpoint");
        var seen = Seen(path, shown.Origin);
        if (old != (seen?.Size ?? 0))
        {
            return new(409, string.Create(CultureInfo.InvariantCulture, $"{seen?.Size ?? 0}\n"));
        }

        if (shown.Size < old)
        {
            return new(400, "the checkpoint is smaller than its old size\n");
        }

        if (seen is not null ? !MerkleProof.ProvesConsistency(seen.Size, shown.Size, seen.Root, shown.Root, proof)
            : proof.Count > 0 || (shown.Size == 0 && !shown.Root.AsSpan().SequenceEqual(MerkleProof.EmptyRoot())))
        {
            // The same size with another root is a fork: C2SP tells it from a bad proof.
            return seen?.Size == shown.Size ? new(409, string.Create(CultureInfo.InvariantCulture, $"{seen.Size}\n")) : new(422, "the proof does not verify\n");
        }

        Keep(path, shown);
        return new(200, Cosignature.Sign(shown, name, key, now).ToString());
    }

    /// <summary>Null only where there is no such file: one that can't be read must not be taken for a log that was never seen.</summary>
    /// <exception cref="IOException">It can't be read, or is not what this witness wrote.</exception>
    private static Checkpoint? Seen(string path, string origin)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            return Checkpoint.Parse(bytes) is var seen && seen.Origin == origin ? seen : throw new IOException($"{path} is another log's checkpoint");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (FormatException e)
        {
            throw new IOException($"{path} is no checkpoint", e);
        }
    }

    private static void Keep(string path, Checkpoint shown)
    {
        var temporary = path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            file.Write(shown.ToBytes());
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);

        // A power cut must not undo the rename: the witness would sign another history after an older one.
        using var parent = NativeFolder.OpenRoot(Path.GetDirectoryName(path)!) ?? throw new IOException($"{path} cannot be flushed");
        RandomAccess.FlushToDisk(parent);
    }

    private static FileStream Hold(string folder)
    {
        Directory.CreateDirectory(folder);
        return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
    }

    private static (long Old, IReadOnlyList<byte[]> Proof, Checkpoint Shown) Parse(ReadOnlySpan<byte> request)
    {
        var text = request.Length <= MaxRequest ? new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(request) : throw new FormatException("too long");
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var lines = end < 0 ? throw new FormatException("no empty line") : text[..end].Split('\n');
        return lines[0].StartsWith("old ", StringComparison.Ordinal) && lines.Length <= 1 + MerkleProof.MaxInclusionHashes
            && long.TryParse(lines[0].AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out var old)
            && lines[0] == string.Create(CultureInfo.InvariantCulture, $"old {old}")
            ? (old, [.. lines[1..].Select(line => StrictBase64.TryDecode(line) is { Length: MerkleProof.HashSize } hash ? hash : throw new FormatException("no hash"))],
                Checkpoint.Parse(text[(end + 2)..]))
            : throw new FormatException("no old size");
    }
}
