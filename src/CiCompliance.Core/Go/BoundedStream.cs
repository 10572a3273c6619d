namespace CiCompliance.Go;

/// <summary>Reads at most the declared bytes of a hostile stream: one more, or one less, is refused.</summary>
internal sealed class BoundedStream(Stream inner, long declared) : Stream
{
    private long read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => declared;

    public override long Position { get => read; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        read += count;
        return read <= declared ? count : throw new InvalidDataException("a file of the zip is longer than declared");
    }

    /// <exception cref="InvalidDataException">Shorter than declared, or not read to its end.</exception>
    public void RequireEnd()
    {
        Span<byte> one = stackalloc byte[1];
        if (read != declared || Read(one) != 0)
        {
            throw new InvalidDataException("a file of the zip is shorter than declared");
        }
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }
}
