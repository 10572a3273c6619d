using System.Text;

namespace CiCompliance.Server.GoProxy;

/// <summary>
/// A file of whole lines that only grows. A line that the disk took in part is cut off again, and one that a process left unfinished when it was ended: nobody
/// was told of what it says.
/// </summary>
internal sealed class LineFile : TextWriter
{
    /// <summary>No line is longer.</summary>
    private const int MaxLine = 64 << 10;

    private readonly FileStream file;
    private long end;

    /// <exception cref="IOException">It can't be opened or cut.</exception>
    public LineFile(string path)
    {
        file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 0);
        try
        {
            end = EndOfLines();
            file.SetLength(end);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override Encoding Encoding => Encoding.ASCII;

    /// <exception cref="IOException">It can't be written; then nothing of it is there.</exception>
    public override void WriteLine(string? value)
    {
        var line = Encoding.GetBytes(value + "\n");
        try
        {
            RandomAccess.Write(file.SafeFileHandle, line, end);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.SetLength(end);
            throw;
        }

        end += line.Length;
    }

    /// <summary>Returns when every line that was written before is on the disk.</summary>
    /// <exception cref="IOException">The disk doesn't take it.</exception>
    public void FlushToDisk() => RandomAccess.FlushToDisk(file.SafeFileHandle);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    private long EndOfLines()
    {
        var tail = new byte[Math.Min(file.Length, MaxLine)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        return file.Length - tail.Length + tail.AsSpan().LastIndexOf((byte)'\n') + 1;
    }
}
