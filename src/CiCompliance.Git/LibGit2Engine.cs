using System.Buffers;
using System.Runtime.InteropServices;
using CiCompliance.Source;
using LibGit2Sharp;
using GitObject = CiCompliance.Source.GitObject;

namespace CiCompliance.Git;

/// <summary>Reads objects in this process, through libgit2. SHA-1 repositories only.</summary>
internal sealed class LibGit2Engine : IGitRepository
{
    private readonly GitDirectory directory;
    private readonly Repository repository;
    private readonly LibGit2.DatabaseHandle database;
    private readonly CancellationToken cancellationToken;

    private LibGit2Engine(GitDirectory directory, Repository repository, LibGit2.DatabaseHandle database, CancellationToken cancellationToken)
    {
        this.directory = directory;
        this.repository = repository;
        this.database = database;
        this.cancellationToken = cancellationToken;
    }

    public string Engine => "libgit2";

    public GitObjectFormat Format => GitObjectFormat.Sha1;

    public string Prefix => directory.Prefix;

    public bool IsShallow => directory.IsShallow;

    public bool HasRewrites => directory.HasRewrites;

    /// <summary>Null where libgit2 has no build for this system or doesn't open this repository: an unknown extension, another object format or owner.</summary>
    public static LibGit2Engine? TryOpen(GitDirectory directory, CancellationToken cancellationToken)
    {
        if (!LibGit2.IsAvailable)
        {
            return null;
        }

        Repository? repository = null;
        try
        {
            repository = new Repository(directory.Path);
            if (LibGit2.OpenDatabase(out var database, Path.Combine(directory.Common, "objects")) == 0)
            {
                var engine = new LibGit2Engine(directory, repository, database, cancellationToken);
                repository = null;
                return engine;
            }

            database.Dispose();
            return null;
        }
        catch (LibGit2SharpException)
        {
            return null;
        }
        finally
        {
            repository?.Dispose();
        }
    }

    public string? Resolve(string revision)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (GitObjectId.IsValid(revision, Format))
        {
            // Looking it up would parse it, and fail where git's form is broken: what an object is worth is for the caller to say.
            return Exists(revision) ? revision : null;
        }

        try
        {
            return repository.Lookup(revision)?.Sha;
        }
        catch (Exception e) when (e is AmbiguousSpecificationException or InvalidSpecificationException or NotFoundException)
        {
            return null;
        }
        catch (LibGit2SharpException e)
        {
            throw SourceFailures.EngineFailed("libgit2", new($"it cannot resolve a revision: {e.Message}", $"无法解析版本:{e.Message}"), e);
        }
    }

    public GitObject Read(string oid, int maxBytes)
    {
        using var content = Open(oid, maxBytes, out var type, out var size);
        var raw = new byte[size];
        Marshal.Copy(LibGit2.Data(content), raw, 0, raw.Length);
        return GitObjectId.Compute(type, raw, Format) == oid ? new GitObject(oid, type, raw) : throw SourceFailures.Corrupt(oid);
    }

    public long CopyBlob(string oid, Stream destination, long maxBytes)
    {
        using var content = Open(oid, maxBytes, out var type, out var size);
        if (type != GitObjectType.Blob)
        {
            throw SourceFailures.Malformed($"object {oid}", $"it is a {type}, not a blob");
        }

        using var hash = new GitObjectHash(type, size, Format);
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            for (long done = 0; done < size;)
            {
                var piece = (int)Math.Min(buffer.Length, size - done);
                Marshal.Copy((nint)(LibGit2.Data(content) + done), buffer, 0, piece);
                hash.Append(buffer.AsSpan(0, piece));
                destination.Write(buffer, 0, piece);
                done += piece;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return hash.Finish() == oid ? size : throw SourceFailures.Corrupt(oid);
    }

    public void Dispose()
    {
        database.Dispose();
        repository.Dispose();
    }

    private bool Exists(string oid)
    {
        var status = LibGit2.ReadHeader(out _, out _, database, Convert.FromHexString(oid));
        if (status != LibGit2.NotFound)
        {
            Check(status, oid);
        }

        return status == 0;
    }

    private LibGit2.ObjectHandle Open(string oid, long maxBytes, out string type, out long size)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!GitObjectId.IsValid(oid, Format))
        {
            throw SourceFailures.Malformed($"object {oid}", "its id is of another format");
        }

        var id = Convert.FromHexString(oid);
        Check(LibGit2.ReadHeader(out var announced, out _, database, id), oid);
        if (announced > (ulong)maxBytes)
        {
            throw SourceFailures.ObjectTooLarge(oid, (long)announced, maxBytes);
        }

        var status = LibGit2.Read(out var content, database, id);
        try
        {
            Check(status, oid);
            size = (long)LibGit2.Size(content);
            type = TypeName(LibGit2.Type(content)) ?? throw SourceFailures.Corrupt(oid);
            return size <= maxBytes ? content : throw SourceFailures.ObjectTooLarge(oid, size, maxBytes);
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    private static void Check(int status, string oid)
    {
        if (status != 0)
        {
            throw status switch
            {
                LibGit2.NotFound => SourceFailures.Missing(oid),
                LibGit2.Mismatch => SourceFailures.Corrupt(oid),
                _ => SourceFailures.EngineFailed("libgit2", new($"it cannot read object {oid} (status {status})", $"无法读取对象 {oid}(状态 {status})")),
            };
        }
    }

    private static string? TypeName(int type) => type switch
    {
        1 => GitObjectType.Commit,
        2 => GitObjectType.Tree,
        3 => GitObjectType.Blob,
        4 => GitObjectType.Tag,
        _ => null,
    };
}
