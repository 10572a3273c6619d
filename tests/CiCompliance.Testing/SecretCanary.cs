using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CiCompliance.Testing;

/// <summary>
/// A secret that must turn up nowhere: put <see cref="Marker"/> into a passphrase or a key file, then look for it in outputs, in folders, and in
/// the command lines and environments of child processes. Finds it plain, in hex and in base64.
/// </summary>
public sealed class SecretCanary
{
    private readonly IReadOnlyList<string> forms;

    public SecretCanary()
        : this("canary" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)))
    {
    }

    /// <param name="marker">ASCII, long enough to turn up by itself nowhere.</param>
    public SecretCanary(string marker)
    {
        Marker = marker;
        var bytes = Encoding.ASCII.GetBytes(Marker);
        // In base64 the text before shifts it by 0, 1 or 2 bytes; the characters that don't depend on its neighbours are looked for.
        forms =
        [
            Marker, Marker.ToUpperInvariant(), Convert.ToHexStringLower(bytes), Convert.ToHexString(bytes),
            .. Enumerable.Range(0, 3).Select(shift => Convert.ToBase64String(bytes.AsSpan(shift, (bytes.Length - shift) / 3 * 3))),
        ];
    }

    public string Marker { get; }

    /// <summary>Whether the bytes hold the marker in some form.</summary>
    public bool IsIn(ReadOnlySpan<byte> content)
    {
        foreach (var form in forms)
        {
            if (content.IndexOf(Encoding.ASCII.GetBytes(form)) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    public bool IsIn(string text) => IsIn(Encoding.UTF8.GetBytes(text));

    /// <summary>Files, and names of files and folders, under a folder that hold the marker.</summary>
    public IReadOnlyList<string> FindIn(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Where(path => IsIn(Path.GetFileName(path)) || (File.Exists(path) && IsIn(File.ReadAllBytes(path))))];

    /// <summary>Looks at every descendant of this process until disposed. One that lives shorter than a look may be missed.</summary>
    public Watcher WatchProcesses() => new(this);

    public sealed class Watcher : IDisposable
    {
        private readonly SecretCanary canary;
        private readonly Thread thread;
        private readonly HashSet<string> found = [];
        private volatile bool stopped;

        internal Watcher(SecretCanary canary)
        {
            this.canary = canary;
            thread = new Thread(Run) { IsBackground = true };
            thread.Start();
        }

        /// <summary>Places such as <c>git: environ</c>. Complete after <see cref="Dispose"/>.</summary>
        public IReadOnlyCollection<string> Found
        {
            get
            {
                lock (found)
                {
                    return [.. found];
                }
            }
        }

        /// <summary>How many processes were looked at: none means that the watch proves nothing.</summary>
        public int Seen { get; private set; }

        public void Dispose()
        {
            stopped = true;
            thread.Join();
        }

        private void Run()
        {
            var seen = new HashSet<int>();
            while (!stopped)
            {
                foreach (var process in Descendants())
                {
                    seen.Add(process);
                    Look(process, "cmdline");
                    Look(process, "environ");
                }

                Seen = seen.Count;
                Thread.Sleep(1);
            }
        }

        private void Look(int process, string file)
        {
            // A fork still shows its parent's; one that became another program meanwhile is looked at again, so that what is found is its own.
            string before, after = Name(process);
            byte[]? content;
            do
            {
                before = after;
                content = Read($"/proc/{process}/{file}");
                after = Name(process);
            }
            while (before != after);

            if (content is not null && canary.IsIn(content))
            {
                lock (found)
                {
                    found.Add($"{after}: {file}");
                }
            }
        }

        private static string Name(int process) => Read($"/proc/{process}/comm") is { } comm ? Encoding.UTF8.GetString(comm).Trim() : "?";

        private static IEnumerable<int> Descendants()
        {
            var pending = new Queue<int>([Environment.ProcessId]);
            while (pending.TryDequeue(out var process))
            {
                foreach (var child in Children(process))
                {
                    pending.Enqueue(child);
                    yield return child;
                }
            }
        }

        private static IEnumerable<int> Children(int process)
        {
            // A child belongs to the thread that started it.
            string[] threads;
            try
            {
                threads = Directory.GetDirectories($"/proc/{process}/task");
            }
            catch (IOException)
            {
                return [];
            }

            return threads.SelectMany(thread => Read(thread + "/children") is { } list
                ? Encoding.ASCII.GetString(list).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                    .Select(id => int.Parse(id, CultureInfo.InvariantCulture))
                : []);
        }

        private static byte[]? Read(string path)
        {
            try
            {
                return File.ReadAllBytes(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }
}
