using System.Buffers;
using System.Globalization;
using System.Text;
using CiCompliance.Source;

namespace CiCompliance.Git;

/// <summary>Reads objects from one <c>git cat-file --batch</c> (git-cat-file(1)) that lives as long as this. Knows SHA-1 and SHA-256 repositories.</summary>
internal sealed class CatFileEngine : IGitRepository
{
    private const int MaxHeader = 4096;
    private const string EmptyTreeSha256 = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321";

    private readonly GitDirectory directory;
    private readonly CatFileProcess process;

    private CatFileEngine(GitDirectory directory, CatFileProcess process)
    {
        this.directory = directory;
        this.process = process;

        // git answers for the empty tree of the repository's own format whether it is stored or not.
        Format = Resolve(EmptyTreeSha256) is null ? GitObjectFormat.Sha1 : GitObjectFormat.Sha256;
    }

    public string Engine => "cat-file";

    public GitObjectFormat Format { get; }

    public string Prefix => directory.Prefix;

    public bool IsShallow => directory.IsShallow;

    public bool HasRewrites => directory.HasRewrites;

    /// <param name="git">Absolute path of git.</param>
    public static CatFileEngine Open(string git, GitDirectory directory, CancellationToken cancellationToken)
    {
        var process = CatFileProcess.Start(git, directory, cancellationToken);
        try
        {
            return new CatFileEngine(directory, process);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    public string? Resolve(string revision)
    {
        if (Ask(revision) is not { } header)
        {
            return null;
        }

        CopyContent(header, Stream.Null);
        return header.Oid;
    }

    public GitObject Read(string oid, int maxBytes)
    {
        var header = AskObject(oid, maxBytes);
        using var content = new MemoryStream((int)header.Size);
        CopyContent(header, content);
        return new GitObject(oid, header.Type, content.GetBuffer().Length == header.Size ? content.GetBuffer() : content.ToArray());
    }

    public long CopyBlob(string oid, Stream destination, long maxBytes)
    {
        var header = AskObject(oid, maxBytes);
        if (header.Type != GitObjectType.Blob)
        {
            throw process.Broken(SourceFailures.Malformed($"object {oid}", $"it is a {header.Type}, not a blob"));
        }

        CopyContent(header, destination);
        return header.Size;
    }

    public void Dispose() => process.Dispose();

    private Header AskObject(string oid, long maxBytes)
    {
        if (!GitObjectId.IsValid(oid, Format))
        {
            throw SourceFailures.Malformed($"object {oid}", "its id is of another format");
        }

        var header = Ask(oid) ?? throw SourceFailures.Missing(oid);
        if (header.Size > maxBytes)
        {
            throw process.Broken(SourceFailures.ObjectTooLarge(oid, header.Size, maxBytes));
        }

        return header.Oid == oid ? header : throw process.Broken(SourceFailures.Corrupt(oid));
    }

    /// <summary>Null for <c>missing</c> and <c>ambiguous</c>.</summary>
    private Header? Ask(string name)
    {
        process.Write(Encoding.UTF8.GetBytes(name + "\n"));
        var words = process.ReadLine(MaxHeader).Split(' ');
        return words is [var oid, GitObjectType.Commit or GitObjectType.Tree or GitObjectType.Blob or GitObjectType.Tag, var digits]
            && long.TryParse(digits, NumberStyles.None, null, out var size)
            && (GitObjectId.IsValid(oid, GitObjectFormat.Sha1) || GitObjectId.IsValid(oid, GitObjectFormat.Sha256))
            ? new Header(oid, words[1], size)
            : words[^1] is "missing" or "ambiguous"
            ? null
            : throw process.Broken(SourceFailures.EngineFailed("git cat-file", new("it gave an answer of an unknown form", "返回了未知格式的应答")));
    }

    /// <summary>Reads what follows a header, checks that it has the id, and the line feed after it.</summary>
    private void CopyContent(Header header, Stream destination)
    {
        using var hash = new GitObjectHash(header.Type, header.Size, GitObjectId.FormatOf(header.Oid));
        var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        process.IsWithinAnswer = true;
        try
        {
            for (var left = header.Size; left > 0;)
            {
                var piece = buffer.AsSpan(0, (int)Math.Min(left, buffer.Length));
                process.ReadExactly(piece);
                hash.Append(piece);
                destination.Write(piece);
                left -= piece.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (process.ReadLine(MaxHeader).Length > 0 || hash.Finish() != header.Oid)
        {
            throw SourceFailures.Corrupt(header.Oid);
        }

        process.IsWithinAnswer = false;
    }

    private sealed record Header(string Oid, string Type, long Size);
}
