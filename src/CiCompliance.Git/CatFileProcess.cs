using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Processes;
using CiCompliance.Source;

namespace CiCompliance.Git;

/// <summary>
/// The git child: an environment of its own, nothing that the repository configures is run, nothing is fetched, no replace object, graft or
/// commit-graph has an effect. It is ended when reading stalls, on cancellation, and at the end.
/// </summary>
internal sealed class CatFileProcess : IDisposable
{
    private const int MaxStandardError = 16 << 10;
    private static readonly TimeSpan Stall = TimeSpan.FromMinutes(5);

    private readonly Process process;
    private readonly Stream input;
    private readonly Stream output;
    private readonly byte[] buffer = new byte[64 << 10];
    private readonly CancellationToken cancellationToken;
    private readonly CancellationTokenRegistration registration;
    private readonly Timer watchdog;
    private readonly StringBuilder standardError = new();
    private int next;
    private int filled;
    private bool unusable;

    private CatFileProcess(Process process, CancellationToken cancellationToken)
    {
        this.process = process;
        this.cancellationToken = cancellationToken;
        input = process.StandardInput.BaseStream;
        output = process.StandardOutput.BaseStream;
        registration = cancellationToken.Register(Kill);
        watchdog = new Timer(_ => Kill(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>Set while an answer is being read: an exception then leaves its rest in the pipe, and no further request is answered.</summary>
    public bool IsWithinAnswer { get; set; }

    public static CatFileProcess Start(string git, GitDirectory directory, CancellationToken cancellationToken)
    {
        var request = new ProcessRequest(git, Arguments(directory), directory.Common, Environment.ToDictionary());
        try
        {
            return new CatFileProcess(Process.Start(request.ToStartInfo())!, cancellationToken);
        }
        catch (Win32Exception)
        {
            throw SourceFailures.NoEngine();
        }
    }

    public void Write(ReadOnlySpan<byte> request)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (unusable || IsWithinAnswer)
        {
            throw Ended();
        }

        try
        {
            input.Write(request);
            input.Flush();
        }
        catch (IOException)
        {
            throw Ended();
        }
    }

    public string ReadLine(int maxBytes)
    {
        var line = new List<byte>(96);
        while (true)
        {
            var end = Array.IndexOf(buffer, (byte)'\n', next, filled - next);
            line.AddRange(buffer.AsSpan(next, (end < 0 ? filled : end) - next));
            next = end < 0 ? filled : end + 1;
            if (line.Count > maxBytes)
            {
                throw Broken(SourceFailures.EngineFailed("git cat-file", new("it gave an answer of an unknown form", "返回了未知格式的应答")));
            }

            if (end >= 0)
            {
                return Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(line));
            }

            Fill();
        }
    }

    public void ReadExactly(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (next == filled)
            {
                Fill();
            }

            var length = Math.Min(destination.Length, filled - next);
            buffer.AsSpan(next, length).CopyTo(destination);
            next += length;
            destination = destination[length..];
        }
    }

    /// <summary>Content was left unread, so that the next answer would be taken from the middle: no further request is answered.</summary>
    public CiComplianceException Broken(CiComplianceException failure)
    {
        unusable = true;
        return failure;
    }

    public void Dispose()
    {
        watchdog.Dispose();
        registration.Dispose();
        Kill();
        output.Dispose();
        process.Dispose();
    }

    private static string[] Arguments(GitDirectory directory) =>
    [
        "--git-dir=" + directory.Path, "--no-replace-objects", "--no-pager", "--literal-pathspecs",
        "-c", "core.commitGraph=false", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.sshCommand=false",
        "-c", "core.alternateRefsCommand=true", "-c", "protocol.allow=never", "-c", "core.useReplaceRefs=false",
        "cat-file", "--batch",
    ];

    private static IEnumerable<(string Name, string Value)> Environment =>
    [
        ("HOME", "/nonexistent"), ("XDG_CONFIG_HOME", "/nonexistent"), ("PATH", "/nonexistent"), ("LC_ALL", "C"),
        ("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_SYSTEM", "/dev/null"), ("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_ATTR_NOSYSTEM", "1"),
        ("GIT_NO_REPLACE_OBJECTS", "1"), ("GIT_GRAFT_FILE", "/dev/null"), ("GIT_OPTIONAL_LOCKS", "0"), ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_NO_LAZY_FETCH", "1"),

        // git before 2.44 does not know the line above; without a transport its lazy fetch finds nothing to run.
        ("GIT_ALLOW_PROTOCOL", "none"), ("GIT_PROTOCOL_FROM_USER", "0"), ("GIT_SSH_COMMAND", "false"), ("GIT_ASKPASS", "false"),
    ];

    private void Fill()
    {
        watchdog.Change(Stall, Timeout.InfiniteTimeSpan);
        next = 0;
        filled = output.Read(buffer);
        watchdog.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (filled == 0)
        {
            throw Ended();
        }
    }

    private CiComplianceException Ended()
    {
        unusable = true;
        cancellationToken.ThrowIfCancellationRequested();
        process.WaitForExit(1000);
        string said;
        lock (standardError)
        {
            said = standardError.ToString().Trim();
        }

        var shown = SafeText.Line(said, 300);
        return SourceFailures.EngineFailed("git cat-file", new($"it ended early: {shown}", $"提前结束:{shown}"));
    }

    private void Keep(string? line)
    {
        lock (standardError)
        {
            if (line is not null && standardError.Length + line.Length < MaxStandardError)
            {
                standardError.AppendLine(line);
            }
        }
    }

    private void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
