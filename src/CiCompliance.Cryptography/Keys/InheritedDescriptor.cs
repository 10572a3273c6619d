using System.Runtime.InteropServices;

namespace CiCompliance.Cryptography.Keys;

/// <summary>Descriptors that the caller opened for this process.</summary>
public static partial class InheritedDescriptor
{
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;

    /// <summary>
    /// Keeps a descriptor from child processes. A key that came by one would reach the compilers too, and C code of the repository under test
    /// may say <c>.incbin "/proc/self/fd/3"</c>. A number that is not open is left to whoever reads it.
    /// </summary>
    public static void HideFromChildren(int descriptor) => _ = Control(descriptor, SetDescriptorFlags, CloseOnExec);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int descriptor, int command, nint value);
}
