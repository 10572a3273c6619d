using System.Globalization;
using System.Security.Cryptography;
using CiCompliance.Keys;

namespace CiCompliance.Cryptography.Keys;

/// <summary>Reads the small files a <see cref="KeyReference"/> names, by path or by inherited descriptor (<c>fd:N</c>).</summary>
internal static class SecretFile
{
    public const int MaxBytes = 64 << 10;

    private const int MaxPassphraseBytes = 1024;
    private const string DescriptorPrefix = "fd:";

    private const UnixFileMode Exposing = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.OtherRead;

    /// <summary>A key's or passphrase's content, refused when others can read it, or anyone else change it; the caller clears it.</summary>
    public static byte[] ReadSecret(string reference) => Read(reference, isSecret: true, KeyDiagnostics.MalformedKey);

    public static byte[] ReadPublic(string reference, Diagnostic tooLarge) => Read(reference, isSecret: false, tooLarge);

    /// <summary>The first line, without its end; the caller clears it.</summary>
    public static byte[] ReadPassphrase(string reference)
    {
        var content = Read(reference, isSecret: true, KeyDiagnostics.MalformedPassphrase);
        try
        {
            var line = content.AsSpan();
            var end = line.IndexOf((byte)'\n');
            line = end < 0 ? line : line[..end];
            line = line.EndsWith("\r"u8) ? line[..^1] : line;
            return line.Length is > 0 and <= MaxPassphraseBytes ? line.ToArray() : throw new CiComplianceException(
                KeyDiagnostics.MalformedPassphrase,
                reference,
                new LocalizedText("the first line is empty or longer than 1024 bytes", "第一行为空或超过 1024 字节"),
                new LocalizedText("write the passphrase, and nothing else, on the first line", "请将口令单独写在第一行"));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private static byte[] Read(string reference, bool isSecret, Diagnostic tooLarge)
    {
        var isDescriptor = reference.StartsWith(DescriptorPrefix, StringComparison.Ordinal);
        var buffer = new byte[MaxBytes + 1];
        try
        {
            // A buffer of our own only: FileStream's would keep a copy of the secret.
            using var stream = new FileStream(isDescriptor ? DescriptorPath(reference) : reference, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (isSecret && !isDescriptor)
            {
                CheckMode(reference, File.GetUnixFileMode(stream.SafeFileHandle));
            }

            var count = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return count <= MaxBytes ? buffer[..count] : throw TooLarge(reference, tooLarge);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CiComplianceException(
                KeyDiagnostics.Unreadable,
                reference,
                new LocalizedText("it does not exist or this user may not read it", "文件不存在，或当前用户无权读取"),
                new LocalizedText("name an existing file, or fd:N for an open descriptor", "请指定存在的文件，或用 fd:N 指定已打开的描述符"),
                e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static string DescriptorPath(string reference) =>
        uint.TryParse(reference.AsSpan(DescriptorPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var descriptor)
            ? string.Create(CultureInfo.InvariantCulture, $"/dev/fd/{descriptor}")
            : throw new FileNotFoundException("not a descriptor number");

    private static void CheckMode(string path, UnixFileMode mode)
    {
        if ((mode & Exposing) != 0)
        {
            throw new CiComplianceException(
                KeyDiagnostics.Exposed,
                path,
                new LocalizedText(
                    $"its mode is {Convert.ToString((int)mode & 0x1FF, 8)}: other users can read it, or others than its owner can write it",
                    $"文件权限为 {Convert.ToString((int)mode & 0x1FF, 8)}：其他用户可读取，或属主以外的用户可写入"),
                new LocalizedText("run chmod 600 on it, and replace the key if others had access", "请执行 chmod 600；若他人曾可访问，请更换密钥"));
        }
    }

    private static CiComplianceException TooLarge(string reference, Diagnostic diagnostic) => new(
        diagnostic,
        reference,
        new LocalizedText("it is larger than 64 KiB", "文件超过 64 KiB"),
        new LocalizedText("name the file that holds only this", "请指定只包含该内容的文件"));
}
