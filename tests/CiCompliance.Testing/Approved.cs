using System.Runtime.CompilerServices;
using NUnit.Framework;

namespace CiCompliance.Testing;

/// <summary>Generated files, compared byte for byte with <c>NAME.approved.EXT</c> beside the test. What differs is left as <c>NAME.received.EXT</c>.</summary>
public static class Approved
{
    /// <param name="name">For example <c>report.pass.html</c>.</param>
    public static void ShouldMatch(ReadOnlySpan<byte> actual, string name, [CallerFilePath] string test = "")
    {
        var extension = Path.GetExtension(name);
        var stem = Path.Combine(Path.GetDirectoryName(test)!, Path.GetFileNameWithoutExtension(name));
        var received = stem + ".received" + extension;
        File.Delete(received);
        var approved = stem + ".approved" + extension;
        if (File.Exists(approved) && actual.SequenceEqual(File.ReadAllBytes(approved)))
        {
            return;
        }

        File.WriteAllBytes(received, actual);
        Assert.Fail($"{Path.GetFileName(received)} differs from {Path.GetFileName(approved)}: look at it, and rename it if it is right");
    }
}
