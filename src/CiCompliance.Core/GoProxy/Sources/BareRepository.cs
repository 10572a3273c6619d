using System.Globalization;
using System.Text;
using CiCompliance.Go;

namespace CiCompliance.GoProxy.Sources;

/// <summary>
/// A bare copy of one remote, used by one at a time. It begins with single commits without their history and gets the whole history of all branches
/// and tags only when that is needed; commits of other refs (pull requests) are never fetched. A copy whose last fetch was cut off, or whose objects can't
/// be read, is made again.
/// </summary>
/// <param name="directory">Its folder; beside it stands, while something is fetched, a file that says so.</param>
internal sealed class BareRepository(string directory, string remote, PrivateModules modules, GitProgram git, TrashFolder trash, GitLimits limits)
{
    // With a digest of the refs it was complete for.
    private readonly string completeFile = Path.Combine(directory, "cicompliance-complete");
    private readonly string busyFile = BusyFileOf(directory);

    public string Remote => remote;

    public string Directory => directory;

    /// <summary>The file that stands beside a copy while something is fetched.</summary>
    public static string BusyFileOf(string directory) => directory + ".busy";

    /// <summary>Bytes of a copy.</summary>
    public static long SizeOf(string directory)
    {
        var total = 0L;
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            try
            {
                total += file.Length;
            }
            catch (FileNotFoundException)
            {
                // git renames while this counts.
            }
        }

        return total;
    }

    /// <summary>Asks the forge for its refs.</summary>
    /// <exception cref="ModuleNotFoundException">It says that there is no such repository.</exception>
    /// <exception cref="ModuleSourceException">It can't be asked.</exception>
    public async Task<GitRefs> ListRefsAsync(CancellationToken cancellationToken)
    {
        var result = await git.RemoteAsync(modules, null, ["ls-remote", "--quiet", "--end-of-options", remote], cancellationToken);
        if (result.ExitCode != 0)
        {
            throw GitProgram.Failure(remote, result);
        }

        // An empty answer by http is not told from that of a server without a word for git.
        var listing = result.Output;
        return listing.Length == 0 && modules.Scheme is "http" or "https" ? throw new ModuleSourceException($"{Redaction.Url(remote)} lists no branch and no tag")
            : listing.IndexOf('\t', StringComparison.Ordinal) is not (-1 or 40)
            ? throw new ModuleSourceException($"{Redaction.Url(remote)} does not name its commits by SHA-1, and the go command takes no others")
            : GitRefs.Parse(listing);
    }

    /// <summary>Makes sure of one commit and all its files.</summary>
    /// <param name="name">A ref that stands for it.</param>
    /// <exception cref="StaleRefsException">The ref stands for something else by now.</exception>
    public async Task EnsureCommitAsync(GitRefs refs, string name, string commit, CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken);
        if (await HasAsync(commit, cancellationToken))
        {
            return;
        }

        // Depth would cut off the history that a complete copy has. Servers that can't do it send all.
        if (!File.Exists(completeFile)
            && await FetchAsync(["--depth=1", "--end-of-options", remote, $"+{name}:refs/cicompliance/{commit}"], cancellationToken) is null)
        {
            if (!await HasAsync(commit, cancellationToken))
            {
                throw new StaleRefsException(name);
            }

            return;
        }

        await EnsureCompleteAsync(refs, cancellationToken);
        if (name == "HEAD" && !await HasAsync(commit, cancellationToken)
            && await FetchAsync(["--end-of-options", remote, $"+HEAD:refs/cicompliance/{commit}"], cancellationToken) is { } failure)
        {
            throw failure;
        }

        if (!await HasAsync(commit, cancellationToken))
        {
            throw new StaleRefsException(name);
        }
    }

    /// <summary>Makes sure of the whole history of all branches and tags.</summary>
    public async Task EnsureCompleteAsync(GitRefs refs, CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken);
        if (File.Exists(completeFile) && await File.ReadAllTextAsync(completeFile, cancellationToken) == refs.Digest)
        {
            return;
        }

        File.Delete(completeFile);
        if (await FetchAsync(["--prune", "--end-of-options", remote, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"], cancellationToken) is { } failure)
        {
            throw failure;
        }

        // By itself: together with new refs, some versions of git leave their history out (golang.org/issue/34266).
        if (File.Exists(Path.Combine(directory, "shallow"))
            && await FetchAsync(["--unshallow", "--end-of-options", remote, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"], cancellationToken) is { } second)
        {
            throw second;
        }

        await File.WriteAllTextAsync(completeFile, refs.Digest, cancellationToken);
    }

    /// <summary>The ids that begin so, of commits that are here.</summary>
    public async Task<IReadOnlyList<string>> FindCommitsAsync(string prefix, CancellationToken cancellationToken)
    {
        var ids = (await RunAsync(["rev-parse", "--disambiguate=" + prefix], cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var types = await RunAsync(["cat-file", "--batch-check"], cancellationToken, string.Concat(ids.Select(id => id + "\n")));
        return [.. types.Split('\n').Select(line => line.Split(' ')).Where(words => words is [_, "commit", _]).Select(words => words[0])];
    }

    public async Task<bool> IsAncestorAsync(string ancestor, string commit, CancellationToken cancellationToken)
    {
        var result = await git.LocalAsync(directory, ["merge-base", "--is-ancestor", "--end-of-options", ancestor, commit], cancellationToken);
        return result.ExitCode switch { 0 => true, 1 => false, _ => throw Broken(result.Error) };
    }

    /// <summary>Names of the tags that are in the history of a commit.</summary>
    public async Task<IReadOnlySet<string>> MergedTagsAsync(string commit, CancellationToken cancellationToken)
    {
        var output = await RunAsync(["for-each-ref", "--format=%(refname)", "--merged=" + commit, GitRefs.Tags], cancellationToken);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(name => name[GitRefs.Tags.Length..]).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The contents of commits and files by expression (a commit's id, or <c>ID:PATH</c>), null where there is none or it is something else.</summary>
    /// <param name="names">No line feed in them; begun by an id.</param>
    public async Task<IReadOnlyList<byte[]?>> ReadAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var output = await RunBytesAsync(["cat-file", "--batch"], cancellationToken, string.Concat(names.Select(name => name + "\n")), names.Count * (ModuleLimits.MaxGoMod + 1024));
        var contents = new List<byte[]?>();
        var rest = output.AsMemory();
        foreach (var name in names)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var words = end < 0 ? [] : Encoding.UTF8.GetString(rest.Span[..end]).Split(' ');
            rest = rest[(end + 1)..];
            if (words is [_, var type, var digits] && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size < rest.Length)
            {
                contents.Add(type == (name.Contains(':', StringComparison.Ordinal) ? "blob" : "commit") ? rest[..size].ToArray() : null);
                rest = rest[(size + 1)..];
            }
            else
            {
                contents.Add(words is [.., "missing"] ? null : throw Broken($"no answer for {name}"));
            }
        }

        return contents;
    }

    /// <summary>The answer of a command on what is here.</summary>
    /// <exception cref="BrokenRepositoryException">It ended with an error: only a damaged copy makes it.</exception>
    public async Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken, string input = "") =>
        Encoding.UTF8.GetString(await RunBytesAsync(arguments, cancellationToken, input));

    /// <exception cref="BrokenRepositoryException">As above.</exception>
    public async Task<byte[]> RunBytesAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken, string input = "", int maxOutput = 64 << 20)
    {
        var result = await git.LocalAsync(directory, arguments, cancellationToken, Encoding.UTF8.GetBytes(input), null, maxOutput);
        return result.ExitCode == 0 ? result.StandardOutput : throw Broken(result.Error);
    }

    /// <exception cref="BrokenRepositoryException">As above.</exception>
    public async Task RunAsync(IReadOnlyList<string> arguments, Stream output, int maxOutput, CancellationToken cancellationToken)
    {
        var result = await git.LocalAsync(directory, arguments, cancellationToken, output: output, maxOutput: maxOutput);
        _ = result.ExitCode == 0 ? result : throw Broken(result.Error);
    }

    /// <summary>Removes the copy: the next use makes a new one.</summary>
    public void Remove()
    {
        // In this order: half a copy without its busy file would be taken for a whole one.
        trash.Remove(directory);
        File.Delete(busyFile);
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(busyFile) || !File.Exists(Path.Combine(directory, "HEAD")))
        {
            Remove();
        }

        if (!System.IO.Directory.Exists(directory))
        {
            // HEAD is looked at first and written first, so a half-made copy is told by the busy file.
            await File.WriteAllTextAsync(busyFile, "", cancellationToken);
            await RunAsync(["init", "--quiet", "--bare", "--template=", "--object-format=sha1"], cancellationToken);
            System.IO.Directory.CreateDirectory(Path.Combine(directory, "info"));
            await File.WriteAllTextAsync(Path.Combine(directory, "info", "attributes"), "* -export-subst -export-ignore\n", cancellationToken);
            File.Delete(busyFile);
        }
    }

    // Whatever it is: a tag may stand for a file. What is here is here with all it refers to, but for the history behind a shallow commit.
    private async Task<bool> HasAsync(string id, CancellationToken cancellationToken) =>
        (await RunAsync(["cat-file", "--batch-check"], cancellationToken, id + "\n")).Split(' ') is [_, _, _];

    /// <returns>Null, or what the forge has against it.</returns>
    private async Task<Exception?> FetchAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(busyFile, "", cancellationToken);
        using var overfull = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = WatchSizeAsync(overfull.CancelAsync, ended.Token);
        try
        {
            var result = await git.RemoteAsync(modules, directory, ["fetch", "--quiet", "--force", "--no-tags", "--no-write-fetch-head", "--update-shallow", .. arguments], overfull.Token);
            File.Delete(busyFile);
            CheckSize();
            return result.ExitCode == 0 ? null : IsDamage(result.Error) ? throw Broken(result.Error) : GitProgram.Failure(remote, result);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw TooLarge();
        }
        finally
        {
            await ended.CancelAsync();
            await watch;
        }
    }

    // What the forge says of itself stands behind "remote:".
    private static bool IsDamage(string error) => error.Split('\n').Any(line => !line.StartsWith("remote:", StringComparison.Ordinal)
        && (line.Contains(" is corrupt", StringComparison.Ordinal) || line.Contains("packfile ", StringComparison.Ordinal) || line.Contains("index file ", StringComparison.Ordinal)));

    private async Task WatchSizeAsync(Func<Task> endFetch, CancellationToken ended)
    {
        try
        {
            while (SizeOf(directory) <= limits.MaxRepositoryBytes)
            {
                await Task.Delay(limits.SizeInterval, ended);
            }

            await endFetch();
        }
        catch (OperationCanceledException)
        {
            // The fetch has ended.
        }
    }

    private void CheckSize()
    {
        if (SizeOf(directory) > limits.MaxRepositoryBytes)
        {
            throw TooLarge();
        }
    }

    private ModuleSourceException TooLarge()
    {
        Remove();
        return new($"{Redaction.Url(remote)} is larger than {limits.MaxRepositoryBytes} bytes");
    }

    private BrokenRepositoryException Broken(string error) => new($"the copy of {Redaction.Url(remote)} can't be read: {GoCommand.FirstLines(error)}");
}

/// <summary>The refs of the forge are no longer those that were listed: they are listed again.</summary>
internal sealed class StaleRefsException(string name) : InvalidOperationException(name);

/// <summary>The copy is damaged: it is made again.</summary>
internal sealed class BrokenRepositoryException(string message) : InvalidOperationException(message);
