using System.Globalization;
using System.Text;
using CiCompliance.Go.Sumdb;
using CiCompliance.Keys;

namespace CiCompliance.GoProxy.Checksums;

/// <summary>
/// Which tree heads of the public checksum database were seen here, and when. So the age of a record needs nobody's word: what stood in a tree that was
/// seen a week ago is a week old at least, whatever time its commit claims.
/// </summary>
/// <param name="folder">Made where it is missing. It is of one database alone: see <see cref="FolderOf"/>.</param>
/// <param name="keep">The minimum age that is ever asked for: of what is older only the newest is kept.</param>
public sealed class TreeHeadHistory(string folder, TimeSpan keep, TimeProvider clock)
{
    private const string NewestName = "newest";
    private const string SeenName = "seen";
    private const int MaxBytes = 1 << 20;
    private const int MaxNameLength = 200;

    /// <summary>Heads that are nearer to one another than this are one.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(10);

    /// <summary>Of what is older than this one head a day is kept, so that a long minimum age does not fill the file.</summary>
    private static readonly TimeSpan Thinned = TimeSpan.FromDays(7);

    private readonly Lock gate = new();
    private List<(DateTimeOffset At, long Size)>? seen;

    /// <summary>The folder of one database below <paramref name="root"/>: its key's name and hash. Another database, or another key, begins its own history.</summary>
    public static string FolderOf(string root, VerifierKey key)
    {
        // A name may hold slashes, and be longer than a folder's may be; the hash is over the whole of it.
        var name = Uri.EscapeDataString(key.Name);
        return Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"{name[..Math.Min(name.Length, MaxNameLength)]}+{key.Hash:x8}"));
    }

    /// <summary>The newest head that was kept; null where there is none yet.</summary>
    /// <exception cref="CiComplianceException">It is there and can't be used (CIC7113): without it a fork could not be noticed.</exception>
    public TreeHead? ReadNewest(VerifierKey key, ISignatureVerifier signatures)
    {
        try
        {
            var file = Path.Combine(folder, NewestName);
            lock (gate)
            {
                return File.Exists(file) ? TreeHead.Open(ReadBounded(file), key, signatures)
                    : Seen().Count < 2 ? null
                    : throw new InvalidDataException($"{NewestName} is missing, though heads were seen");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidDataException)
        {
            throw Refusals.StorageFailed(folder, e);
        }
    }

    /// <exception cref="CiComplianceException">It can't be kept (CIC7113).</exception>
    public void Add(TreeHead head)
    {
        try
        {
            lock (gate)
            {
                Directory.CreateDirectory(folder);

                // In this order: a first head that was seen and not kept is a beginning, one that was kept and not seen is damage.
                Note(head.Size);
                Replace(NewestName, head.Note);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidDataException)
        {
            throw Refusals.StorageFailed(folder, e);
        }
    }

    /// <summary>The newest head was seen once more: where it came too soon after another to be kept, its records begin to age now.</summary>
    /// <exception cref="CiComplianceException">It can't be kept (CIC7113).</exception>
    public void SeenAgain(long size)
    {
        try
        {
            lock (gate)
            {
                if (Seen() is not [.., var last] || last.Size < size)
                {
                    Note(size);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidDataException)
        {
            throw Refusals.StorageFailed(folder, e);
        }
    }

    /// <summary>How long that record has been in the database at least.</summary>
    /// <returns>Null where it was there before the first head was seen here: then only its commit says how old it is.</returns>
    /// <exception cref="CiComplianceException">The history can't be read (CIC7113).</exception>
    public TimeSpan? AgeOf(long id)
    {
        try
        {
            lock (gate)
            {
                var all = Seen();
                if (all.Count > 0 && id < all[0].Size)
                {
                    return null;
                }

                var first = all.FindIndex(one => id < one.Size);
                return first < 0 ? TimeSpan.Zero : clock.GetUtcNow() - all[first].At;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidDataException)
        {
            throw Refusals.StorageFailed(folder, e);
        }
    }

    /// <summary>Keeps two tree heads that contradict each other: the proof against the database's operator.</summary>
    /// <exception cref="CiComplianceException">They can't be kept (CIC7113).</exception>
    public void KeepFork(TreeHead older, TreeHead newer)
    {
        try
        {
            lock (gate)
            {
                Directory.CreateDirectory(folder);
                var name = string.Create(CultureInfo.InvariantCulture, $"fork-{older.Size}-{newer.Size}-{Convert.ToHexStringLower(newer.Root.AsSpan(0, 4))}");
                if (Directory.EnumerateFiles(folder, "fork-*").Take(100).Count() < 100)
                {
                    Replace(name, [.. older.Note, (byte)'\n', .. newer.Note]);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refusals.StorageFailed(folder, e);
        }
    }

    private void Note(long size)
    {
        var now = clock.GetUtcNow();

        // A head that could not be kept was none: what is noted now is the beginning. In memory it counts only when it stands in the file.
        List<(DateTimeOffset At, long Size)> all = Seen().Count < 2 && !File.Exists(Path.Combine(folder, NewestName)) ? [] : [.. Seen()];
        if (all.Count > 0 && now - all[^1].At < Step)
        {
            return;
        }

        all.Add((now, size));
        Thin(all, now - Thinned);
        var settled = all.FindLastIndex(one => now - one.At >= keep);

        // The first one stays for ever: it says what was there before anybody looked.
        if (settled > 1)
        {
            all.RemoveRange(1, settled - 1);
        }

        Replace(SeenName, Encoding.ASCII.GetBytes(string.Concat(all.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.At.ToUnixTimeSeconds()} {one.Size}\n")))));
        seen = all;
    }

    private static void Thin(List<(DateTimeOffset At, long Size)> all, DateTimeOffset before)
    {
        // Without a head its records count from the next one: they are younger for it, by a day at most, and never older.
        var kept = new List<(DateTimeOffset At, long Size)>(all.Count);
        for (var i = 0; i < all.Count; i++)
        {
            if (i == 0 || i + 1 == all.Count || all[i + 1].At > before || all[i].At.UtcDateTime.Date != all[i + 1].At.UtcDateTime.Date)
            {
                kept.Add(all[i]);
            }
        }

        all.Clear();
        all.AddRange(kept);
    }

    private List<(DateTimeOffset At, long Size)> Seen()
    {
        if (seen is not null)
        {
            return seen;
        }

        // Taken for a beginning, a file that is gone would let the commit's own time speak for every record there is.
        var file = Path.Combine(folder, SeenName);
        var lines = File.Exists(file) ? Encoding.ASCII.GetString(ReadBounded(file)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : File.Exists(Path.Combine(folder, NewestName)) ? throw new InvalidDataException($"{SeenName} is missing, though a head was kept")
            : [];
        if (lines.Length == 0 && File.Exists(file))
        {
            throw new LocalizedFormatException($"{SeenName} is empty", $"{SeenName} 为空");
        }

        return seen = [.. lines.Select(Line)];
    }

    private static (DateTimeOffset At, long Size) Line(string line) =>
        line.Split(' ') is [var at, var size]
            && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var records)
            ? (DateTimeOffset.FromUnixTimeSeconds(seconds), records)
            : throw new LocalizedFormatException($"{SeenName} holds a line that is none", $"{SeenName} 含有无效的行");

    private static byte[] ReadBounded(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read);
        if (stream.Length > MaxBytes)
        {
            throw new InvalidDataException($"{file} is larger than allowed");
        }

        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private void Replace(string name, byte[] content)
    {
        var file = Path.Combine(folder, name);
        using (var stream = new FileStream(file + ".new", FileMode.Create, FileAccess.Write))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(file + ".new", file, overwrite: true);
    }
}
