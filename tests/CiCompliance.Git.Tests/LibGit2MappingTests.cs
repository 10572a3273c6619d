using System.Globalization;
using System.Security.Cryptography;

namespace CiCompliance.Git.Tests;

public sealed class LibGit2MappingTests() : EngineFixture(GitEngine.LibGit2)
{
    private const int Blobs = 24;
    private const int BlobBytes = 1 << 20;

    [Test]
    public void Read_OverALargePack_MapsAPartOfIt()
    {
        var oids = Enumerable.Range(0, Blobs).Select(_ => Repository.WriteObject("blob", RandomNumberGenerator.GetBytes(BlobBytes))).ToList();
        var tree = Repository.WriteTree([.. oids.Select((oid, index) => ("100644", $"{index:d2}.bin", oid))]);
        Repository.Run("update-ref", "HEAD", Repository.Run("commit-tree", "-m", "one", tree).Trim());
        Repository.Run("repack", "-a", "-d", "-q");
        using var opened = Open();
        foreach (var oid in oids)
        {
            opened.Read(oid, BlobBytes).Raw.Length.ShouldBe(BlobBytes);
            Mapped().ShouldBeInRange(1, LibGit2.MappedBytes + LibGit2.WindowBytes);
        }
    }

    /// <summary>Bytes of this repository's packs that are mapped into this process (proc_pid_maps(5)).</summary>
    private long Mapped() => File.ReadLines("/proc/self/maps")
        .Where(line => line.Contains(Repository.GitDirectory, StringComparison.Ordinal) && line.EndsWith(".pack", StringComparison.Ordinal))
        .Select(line => line.Split(' ')[0].Split('-').Select(address => long.Parse(address, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray())
        .Sum(range => range[1] - range[0]);
}
