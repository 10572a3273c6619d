using System.Globalization;
using System.Runtime.InteropServices;

namespace CiCompliance.Processes;

/// <summary>What the caller left open, keys and tokens named as <c>fd:N</c> among it, is for this process alone: no compiler that it starts inherits them.</summary>
public static partial class InheritedDescriptors
{
    // FIOCLEX of ioctl(2): it takes no argument, unlike fcntl, which is called in another way on some systems.
    private const nuint CloseOnExecOfLinux = 0x5451;
    private const nuint CloseOnExecOfMacOs = 0x20006601;

    public static void KeepFromChildren()
    {
        // Without that folder nothing can be named as fd:N either.
        if (OperatingSystem.IsWindows() || !Directory.Exists("/dev/fd"))
        {
            return;
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries("/dev/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out var descriptor) && descriptor > 2)
            {
                // Fails for the one that the folder was read by, and is closed: there is nothing to keep then.
                _ = Control(descriptor, OperatingSystem.IsMacOS() ? CloseOnExecOfMacOs : CloseOnExecOfLinux);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Control(int descriptor, nuint request);
}
