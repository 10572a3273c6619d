using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CiCompliance.Evidence.Verification;

/// <summary>Opens entries of an untrusted folder relative to their already opened parent, so that no link is ever followed.</summary>
internal static partial class NativeFolder
{
    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int CurrentDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const int TooManyLinks = 40;
    private const uint BasicStats = 0x7ff;

    // O_DIRECTORY and O_NOFOLLOW are the two open flags whose values differ between the supported architectures.
    private static readonly int NoFollow = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 0x8000 : 0x20000;

    internal enum EntryKind
    {
        Special,
        File,
        Directory,
        Link,
    }

    /// <summary>Change time and size as the kernel has them; only the kernel sets a change time.</summary>
    internal readonly record struct EntryState(EntryKind Kind, long Size, long ChangeSeconds, uint ChangeNanoseconds);

    /// <summary>Opens the folder itself; its own path may hold links, that is the caller's choice.</summary>
    internal static SafeFileHandle? OpenRoot(string path) => Adopt(OpenAt(CurrentDirectory, path, ReadOnly | NonBlocking | CloseOnExec));

    /// <summary>Null with <see cref="EntryKind.Link"/> for a symbolic link, null with another kind where it can't be opened.</summary>
    internal static SafeFileHandle? Open(SafeFileHandle parent, string name, out EntryKind kind)
    {
        var handle = Adopt(OpenAt((int)parent.DangerousGetHandle(), name, ReadOnly | NoFollow | NonBlocking | CloseOnExec));
        kind = handle is not null ? State(handle).Kind : Marshal.GetLastPInvokeError() == TooManyLinks ? EntryKind.Link : EntryKind.Special;
        return handle;
    }

    internal static EntryState State(SafeFileHandle handle)
    {
        if (StatX((int)handle.DangerousGetHandle(), "", EmptyPath, BasicStats, out var stat) != 0)
        {
            throw new IOException($"statx failed with error {Marshal.GetLastPInvokeError()}");
        }

        var kind = (stat.Mode & 0xF000) switch { 0x8000 => EntryKind.File, 0x4000 => EntryKind.Directory, 0xA000 => EntryKind.Link, _ => EntryKind.Special };
        return new EntryState(kind, (long)stat.Size, stat.ChangeSeconds, stat.ChangeNanoseconds);
    }

    /// <summary>Whether that path leads to the very file that is open: to no copy, and to none that took its place.</summary>
    /// <exception cref="IOException">The system does not tell.</exception>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    internal static bool IsAt(SafeFileHandle opened, string path)
    {
        if (StatX(opened, "", EmptyPath, BasicStats, out var held) != 0)
        {
            throw new IOException($"statx failed with error {Marshal.GetLastPInvokeError()}");
        }

        return StatX(CurrentDirectory, path, 0, BasicStats, out var named) == 0
            && (held.Inode, held.DeviceMajor, held.DeviceMinor) == (named.Inode, named.DeviceMajor, named.DeviceMinor);
    }

    /// <summary>Names in an opened directory, read through the descriptor.</summary>
    internal static IEnumerable<string> Names(SafeFileHandle directory) =>
        Directory.EnumerateFileSystemEntries($"/proc/self/fd/{(int)directory.DangerousGetHandle()}").Select(path => Path.GetFileName(path));

    private static SafeFileHandle? Adopt(int descriptor) => descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int OpenAt(int directory, string path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int StatX(int directory, string path, int flags, uint mask, out Stat stat);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int StatX(SafeFileHandle file, string path, int flags, uint mask, out Stat stat);

    /// <summary>struct statx of linux/stat.h, the same on every architecture; 256 bytes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Stat
    {
        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(96)]
        public long ChangeSeconds;

        [FieldOffset(104)]
        public uint ChangeNanoseconds;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
