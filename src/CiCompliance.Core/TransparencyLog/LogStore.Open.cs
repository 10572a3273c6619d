using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using CiCompliance.Keys;

namespace CiCompliance.TransparencyLog;

public sealed partial class LogStore
{
    /// <summary>
    /// Creates a log with its genesis entry (cosign 2 refuses entries with index 0). The key belongs to the log alone.
    /// </summary>
    /// <param name="path">An empty or missing folder.</param>
    /// <param name="name">The log's host name, for example <c>log.example.org</c>; it need not resolve.</param>
    /// <param name="signingKeyIds">Ids of the evidence signers' keys: none of them may be the log's.</param>
    /// <exception cref="CiComplianceException">CIC4004, CIC4005, CIC4006, CIC4007 or CIC4008.</exception>
    public static LogStore Create(
        string path, string name, ISigner key, IReadOnlyCollection<string> signingKeyIds, ISignatureVerifier verifier, TimeProvider clock)
    {
        if (!LogDescription.IsHostName(name))
        {
            throw LogErrors.BadName(name);
        }

        if (key.Algorithm != KeyAlgorithm.EcdsaP256)
        {
            throw LogErrors.WrongKey(path);
        }

        if (signingKeyIds.Contains(key.KeyId))
        {
            throw LogErrors.SigningKey(path);
        }

        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var description = new LogDescription(
            LogDescription.CurrentFormat, name, NewTreeId(), key.PublicKey, DateTimeOffset.FromUnixTimeSeconds(now));
        var folder = LogFolder.Create(path);
        try
        {
            var json = description.ToJson();
            var genesis = ProposedEntry.HashedRekord(SHA256.HashData(json), key.Sign(json), key.PublicKey);
            var leaves = LeafStore<Checkpoint>.Create(folder, Signing(description, key), [genesis.Body], clock);

            // Last: only now is the folder a log.
            folder.Replace(LogFolder.DescriptionName, json);
            return new(path, leaves, description, key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            throw LogErrors.NotWritable(path, e);
        }
    }

    /// <summary>Opens a log; with its key for writing, without it for reading up to its checkpoint.</summary>
    /// <exception cref="CiComplianceException">CIC4001, CIC4002, CIC4003, CIC4006 or CIC4007.</exception>
    public static LogStore Open(string path, ISigner? key, ISignatureVerifier verifier, TimeProvider clock)
    {
        var folder = LogFolder.Open(path, writable: key is not null);
        try
        {
            var (description, checkpoint) = ReadHead(folder, verifier);
            if (key is not null && !key.PublicKey.AsSpan().SequenceEqual(description.PublicKey))
            {
                throw LogErrors.WrongKey(path);
            }

            var leaves = LeafStore<Checkpoint>.Open(folder, checkpoint, key is null ? null : Signing(description, key), clock);
            return IsGenesis(leaves.Read(0).Body, description)
                ? new(path, leaves, description, key)
                : throw LogErrors.Damaged(path, "its first entry is not about its log.json", "首条目与 log.json 不符");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            throw LogErrors.NotWritable(path, e);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static Func<long, byte[], Checkpoint> Signing(LogDescription description, ISigner key) =>
        (size, root) => Checkpoint.Sign(description.Origin, size, root, key);

    private static (LogDescription Description, Checkpoint Checkpoint) ReadHead(LogFolder folder, ISignatureVerifier verifier)
    {
        try
        {
            var description = LogDescription.Parse(folder.Read(LogFolder.DescriptionName, LogDescription.MaxBytes));
            var checkpoint = Checkpoint.Parse(folder.Read(LogFolder.CheckpointName, Checkpoint.MaxBytes));
            return checkpoint.IsOf(description.ToTrustedKey(), verifier) && checkpoint.Size > 0
                ? (description, checkpoint)
                : throw LogErrors.Damaged(folder.Path, "its checkpoint is not signed by its key", "检查点不是由该日志的密钥签名的");
        }
        catch (Exception e) when (e is JsonException or FormatException or FileNotFoundException)
        {
            throw LogErrors.Damaged(folder.Path, "log.json or checkpoint does not have its format", "log.json 或 checkpoint 格式不正确", e);
        }
    }

    private static string NewTreeId() =>
        (BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) & long.MaxValue | 1L << 60).ToString(CultureInfo.InvariantCulture);

    private static bool IsGenesis(byte[] body, LogDescription description)
    {
        try
        {
            return EntryBody.Parse(EntryBody.HashedRekord, EntryBody.Version001, body).Digest.AsSpan().SequenceEqual(SHA256.HashData(description.ToJson()));
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
