using System.Text;
using CiCompliance.Keys;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Go.Sumdb;

/// <summary>
/// A checksum database of one's own (Go module reference, "Checksum database"): records in an append-only tree in a folder with one writer. The tree
/// head is signed with an Ed25519 key, which the go command verifies, and with an SM2 key where one is given, in a second line that it passes over.
/// </summary>
public sealed class SumdbStore : IDisposable
{
    private const string KeyFile = "verifier-key";
    private const int MaxKeyFile = 1024;
    private const int MaxHead = 16 << 10;

    private readonly LeafStore<TreeHead> leaves;

    private SumdbStore(LeafStore<TreeHead> leaves, VerifierKey key)
    {
        this.leaves = leaves;
        Key = key;
    }

    /// <summary>GOSUMDB.</summary>
    public VerifierKey Key { get; }

    public TreeHead Head => leaves.Head;

    /// <summary>The verifier key of a signer under a name.</summary>
    /// <exception cref="CiComplianceException">No Ed25519 key, or no name for one (CIC4006, CIC4008).</exception>
    public static VerifierKey KeyOf(string name, ISigner key) =>
        key.Algorithm != KeyAlgorithm.Ed25519 ? throw WrongKey(name)
        : LogDescription.IsHostName(name) ? VerifierKey.Create(name, key.PublicKey.AsSpan(^32..))
        : throw LogErrors.BadName(name);

    /// <param name="path">An empty or missing folder.</param>
    /// <param name="name">The database's host name, for example <c>sum.example.cn</c>; it need not resolve.</param>
    /// <param name="key">Ed25519, the database's alone.</param>
    /// <param name="sm2">Signs each tree head too.</param>
    /// <exception cref="CiComplianceException">CIC4004, CIC4006, CIC4007 or CIC4008.</exception>
    public static SumdbStore Create(string path, string name, ISigner key, ISigner? sm2, TimeProvider clock)
    {
        var verifierKey = KeyOf(name, key);
        var folder = LogFolder.Create(path);
        try
        {
            var leaves = LeafStore<TreeHead>.Create(folder, Signing(name, key, sm2), [], clock);

            // Last: only now is the folder a database.
            folder.Replace(KeyFile, Encoding.ASCII.GetBytes($"{verifierKey}\n"));
            return new(leaves, verifierKey);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            throw LogErrors.NotWritable(path, e);
        }
    }

    /// <summary>The key of the database in a folder, without opening it.</summary>
    /// <exception cref="CiComplianceException">There is none (CIC4003), or it can't be read (CIC4001).</exception>
    public static VerifierKey ReadKey(string path)
    {
        try
        {
            using var folder = LogFolder.Open(path, writable: false, KeyFile);
            return ReadKey(folder);
        }
        catch (FormatException e)
        {
            throw LogErrors.Damaged(path, e.Message, "公钥文件不正确", e);
        }
    }

    private static VerifierKey ReadKey(LogFolder folder) => VerifierKey.Parse(Encoding.ASCII.GetString(folder.Read(KeyFile, MaxKeyFile)).TrimEnd('\n'));

    /// <exception cref="CiComplianceException">It is damaged, not one, written by another process, of another key, or can't be written (CIC4001-CIC4003, CIC4006, CIC4007).</exception>
    public static SumdbStore Open(string path, ISigner key, ISigner? sm2, ISignatureVerifier verifier, TimeProvider clock)
    {
        var folder = LogFolder.Open(path, writable: true, KeyFile);
        try
        {
            var verifierKey = ReadKey(folder);
            if (KeyOf(verifierKey.Name, key).ToString() != verifierKey.ToString())
            {
                throw WrongKey(path);
            }

            var head = TreeHead.Open(folder.Read(LogFolder.CheckpointName, MaxHead), verifierKey, verifier);
            return new(LeafStore<TreeHead>.Open(folder, head, Signing(verifierKey.Name, key, sm2), clock), verifierKey);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            throw LogErrors.NotWritable(path, e);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            folder.Dispose();
            throw LogErrors.Damaged(path, e.Message, "检查点或公钥文件不正确", e);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Appends records and returns when they are on the disk and under a signed tree head. That none is there yet is the caller's to see to.</summary>
    /// <returns>Number of the first.</returns>
    /// <exception cref="CiComplianceException">It can't be written (CIC4007) or is damaged (CIC4001); nothing of it counts as recorded.</exception>
    public long Append(IReadOnlyList<SumdbRecord> records, CancellationToken cancellationToken) =>
        leaves.Append([.. records.Select(record => Encoding.UTF8.GetBytes(record.Text))], cancellationToken).First;

    /// <summary>As <see cref="LogStore.IsDamaged"/>.</summary>
    public bool IsDamaged => leaves.IsDamaged;

    /// <summary>As <see cref="LogStore.TryRecover"/>.</summary>
    public bool TryRecover() => leaves.TryRecover();

    /// <exception cref="CiComplianceException">It is not what was recorded (CIC4001).</exception>
    public SumdbRecord Read(long id) => SumdbRecord.Parse(Encoding.UTF8.GetString(leaves.Read(id).Body));

    public byte[] LeafHash(long id) => leaves.LeafHash(id);

    public byte[] Root(long size) => leaves.Root(size);

    /// <summary>The hash over the 2^<paramref name="level"/> records from <paramref name="index"/>·2^<paramref name="level"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tree does not hold all of them.</exception>
    public byte[] Subtree(int level, long index) => leaves.Subtree(level, index);

    public void Dispose() => leaves.Dispose();

    private static CiComplianceException WrongKey(string origin) => new(LogDiagnostics.WrongKey, origin,
        new("the given key is not the Ed25519 key of this checksum database", "所给密钥不是此校验和数据库的 Ed25519 密钥"),
        new("Give the key that the database was created with as --sumdb-key", "请用 --sumdb-key 指定创建该数据库时的密钥"));

    private static Func<long, byte[], TreeHead> Signing(string name, ISigner key, ISigner? sm2) =>
        (size, root) => TreeHead.Sign(size, root, name, sm2 is null ? [key] : [key, sm2]);
}
