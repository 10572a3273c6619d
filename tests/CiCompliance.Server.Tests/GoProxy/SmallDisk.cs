using System.Diagnostics;

namespace CiCompliance.Server.Tests.GoProxy;

/// <summary>A file system of its own that can be full.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Ends the test as ignored where no file system can be mounted.</summary>
    public static SmallDisk Mount(string path, string size)
    {
        Directory.CreateDirectory(path);
        if (Run("mount", "-t", "tmpfs", "-o", $"size={size},mode=0700", "tmpfs", path) != 0)
        {
            Assert.Ignore("unavailable: the right to mount a file system");
        }

        return new(path);
    }

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        var block = new byte[64 << 10];
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        Should.Throw<IOException>(() =>
        {
            for (var i = 0; i < 1 << 12; i++)
            {
                file.Write(block);
            }
        });
    }

    public void Empty() => File.Delete(Filler);

    public void Dispose() => Run("umount", "--lazy", Path);

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
