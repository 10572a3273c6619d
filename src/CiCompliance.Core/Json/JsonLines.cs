namespace CiCompliance.Json;

/// <summary>Reads lines of bytes, streaming; every line must end with a line feed.</summary>
public static class JsonLines
{
    /// <exception cref="FormatException">A line is longer than allowed, or the last has no end.</exception>
    public static IEnumerable<byte[]> Read(Stream stream, int maxLine)
    {
        var buffer = new byte[64 << 10];
        var start = 0;
        var end = 0;
        while (true)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                yield return buffer[start..(start + length)];
                start += length + 1;
                continue;
            }

            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
            }

            if (end == buffer.Length)
            {
                if (buffer.Length >= maxLine)
                {
                    throw new LocalizedFormatException("a line is longer than allowed", "某行过长");
                }

                Array.Resize(ref buffer, Math.Min(maxLine, buffer.Length * 2));
            }

            var read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
            {
                if (end > start)
                {
                    throw new LocalizedFormatException("the last line has no end", "最后一行没有换行");
                }

                yield break;
            }

            end += read;
        }
    }
}
