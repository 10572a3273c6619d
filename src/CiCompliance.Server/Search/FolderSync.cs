using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CiCompliance.Server.Search;

/// <summary>
/// Forces a folder's names to the disk: on POSIX systems a rename is only there after a power cut when the folder was flushed too. The
/// class library opens no folder, so these calls are made directly. Windows has no such call, and its file systems journal names.
/// </summary>
internal static partial class FolderSync
{
    private const string Libc = "libc";
    private const int ReadOnly = 0;

    /// <exception cref="IOException">It cannot be opened or flushed.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var handle = Open(folder, ReadOnly);
        if (handle.IsInvalid || Fsync(handle) != 0)
        {
            throw new IOException($"{folder}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }
    }

    [LibraryImport(Libc, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport(Libc, EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(SafeFileHandle file);
}
