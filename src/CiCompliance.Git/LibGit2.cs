using System.Runtime.InteropServices;
using LibGit2Sharp;

// The resolver below gives an absolute path; a search would be a mistake.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace CiCompliance.Git;

/// <summary>
/// The distribution's libgit2, in versions that passed the suite. LibGit2Sharp opens repositories and resolves revisions; it offers no raw
/// objects, so these few functions read them, from the same library.
/// </summary>
internal static partial class LibGit2
{
    public const int NotFound = -3;
    public const int Mismatch = -33;

    private const string Name = "git2";
    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Where distributions put their libraries; a search path from the environment is not asked.</summary>
    private static readonly string[] Folders =
        ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib/loongarch64-linux-gnu", "/usr/lib64", "/usr/lib"];

    private static nint library;

    /// <summary>Whether a tested libgit2 is there and LibGit2Sharp is bound to it.</summary>
    public static bool IsAvailable => Loaded.Value;

    private static bool Load()
    {
        var path = Folders.Select(folder => Path.Combine(folder, "libgit2.so.1.5")).FirstOrDefault(File.Exists);
        if (path is null || !NativeLibrary.TryLoad(path, out library))
        {
            return false;
        }

        NativeLibrary.SetDllImportResolver(typeof(LibGit2).Assembly, (name, _, _) => name == Name ? library : 0);
        _ = Version(out var major, out var minor, out _);
        return (major, minor) == (1, 5) && Bind(path);
    }

    /// <summary>LibGit2Sharp looks for its own build's file name: a link of that name, in a folder that only this user can write, leads to the system's.</summary>
    private static bool Bind(string path)
    {
        var folder = Directory.CreateTempSubdirectory("cicompliance-libgit2-");
        try
        {
            File.CreateSymbolicLink(Path.Combine(folder.FullName, "git2-a2bde63.so"), path);
            GlobalSettings.NativeLibraryPath = folder.FullName;
            foreach (var level in (ConfigurationLevel[])[ConfigurationLevel.System, ConfigurationLevel.Global, ConfigurationLevel.Xdg, ConfigurationLevel.ProgramData])
            {
                GlobalSettings.SetConfigSearchPaths(level, "/nonexistent");
            }

            // Each object is read once: a cache would only grow.
            GlobalSettings.SetEnableCaching(false);
            return true;
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException or LibGit2SharpException)
        {
            return false;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [LibraryImport(Name, EntryPoint = "git_libgit2_version")]
    private static partial int Version(out int major, out int minor, out int revision);

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
