using System.Runtime.InteropServices;
using LibGit2Sharp;

// The package lays its library beside the assembly; a search path from the environment is not what is meant.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]

namespace CiCompliance.Git;

/// <summary>
/// The libgit2 that LibGit2Sharp's package carries. LibGit2Sharp opens repositories and resolves revisions; it offers no raw objects, so these
/// few functions read them, from the same library.
/// </summary>
internal static partial class LibGit2
{
    public const int NotFound = -3;
    public const int Mismatch = -33;

    /// <summary>The library's name holds the commit it was built from; a test compares it with the package's.</summary>
    internal const string Name = "git2-5853918";

    private const int SetWindowSize = 1;
    private const int SetWindowMappedLimit = 3;

    // A pack is mapped by windows, and what was read stays in memory until another needs its place: by default a whole pack of any size.
    internal const int WindowBytes = 1 << 20;
    internal const int MappedBytes = 8 << 20;

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Whether the package has a library for this system.</summary>
    public static bool IsAvailable => Loaded.Value;

    private static bool Load()
    {
        if (!NativeLibrary.TryLoad(Name, typeof(LibGit2).Assembly, DllImportSearchPath.AssemblyDirectory, out _))
        {
            return false;
        }

        foreach (var level in (ConfigurationLevel[])[ConfigurationLevel.System, ConfigurationLevel.Global, ConfigurationLevel.Xdg, ConfigurationLevel.ProgramData])
        {
            GlobalSettings.SetConfigSearchPaths(level, "/nonexistent");
        }

        // Each object is read once: a cache would only grow.
        GlobalSettings.SetEnableCaching(false);
        BoundMapping();
        return true;
    }

    private static void BoundMapping()
    {
        // The function takes variable arguments, which are passed like any others except on Apple's ARM.
        if (!OperatingSystem.IsMacOS() && (SetOption(SetWindowSize, WindowBytes) | SetOption(SetWindowMappedLimit, MappedBytes)) != 0)
        {
            throw new NotSupportedException("libgit2 refused the limits of what it maps");
        }
    }

    [LibraryImport(Name, EntryPoint = "git_libgit2_opts")]
    private static partial int SetOption(int option, nuint value);

    [LibraryImport(Name, EntryPoint = "git_odb_open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenDatabase(out DatabaseHandle database, string objectsFolder);

    [LibraryImport(Name, EntryPoint = "git_odb_read_header")]
    public static partial int ReadHeader(out nuint length, out int type, DatabaseHandle database, ReadOnlySpan<byte> oid);

    [LibraryImport(Name, EntryPoint = "git_odb_read")]
    public static partial int Read(out ObjectHandle content, DatabaseHandle database, ReadOnlySpan<byte> oid);

    [LibraryImport(Name, EntryPoint = "git_odb_object_data")]
    public static partial nint Data(ObjectHandle content);

    [LibraryImport(Name, EntryPoint = "git_odb_object_size")]
    public static partial nuint Size(ObjectHandle content);

    [LibraryImport(Name, EntryPoint = "git_odb_object_type")]
    public static partial int Type(ObjectHandle content);

    [LibraryImport(Name, EntryPoint = "git_odb_free")]
    private static partial void FreeDatabase(nint database);

    [LibraryImport(Name, EntryPoint = "git_odb_object_free")]
    private static partial void FreeObject(nint content);

    internal sealed class DatabaseHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            FreeDatabase(handle);
            return true;
        }
    }

    internal sealed class ObjectHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            FreeObject(handle);
            return true;
        }
    }
}
