using System.Diagnostics;
using CiCompliance.Diagnostics;
using CiCompliance.Evidence;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Evidence;

[Platform("Linux")]
public sealed class FolderDigestTests
{
    private TempDirectory temp = null!;

    [SetUp]
    public void SetUp()
    {
        temp = new TempDirectory();
        temp.Write("folder/evidence.json", "{}");
        temp.Write("folder/bin/app", "program");
        temp.Write("folder/bin/\U0001F600", "beyond the basic plane");
        temp.Write("folder/bin/\uFF5E", "before it in UTF-8, after it in UTF-16");
        temp.Write("folder/bin/with\nnewline", "");
    }

    [TearDown]
    public void TearDown() => temp.Dispose();

    [Test]
    public void Compute_OfAnyFolder_IsWhatTheDocumentedCommandPrints()
    {
        // As docs/evidence-format.md prints it.
        const string Command = """
            find . -type f -printf '%P\0' | LC_ALL=C sort -z | while IFS= read -r -d '' f; do
              printf '%s %s %s\0' "$(sha256sum <"$f" | cut -c1-64)" "$(stat -c %s -- "$f")" "$f"
            done | sha256sum | cut -c1-64
            """;
        File.ReadAllText(TestVectors.PathOf("..", "..", "docs", "evidence-format.md")).ReplaceLineEndings("\n").ShouldContain(
            string.Join('\n', Command.ReplaceLineEndings("\n").Split('\n').Select(line => "    " + line)));
        using var shell = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", Command]) { WorkingDirectory = Folder, RedirectStandardOutput = true })!;
        Compute().ShouldBe("sha256:" + shell.StandardOutput.ReadToEnd().Trim());
    }

    [TestCase("changed")]
    [TestCase("added")]
    [TestCase("removed")]
    [TestCase("renamed")]
    [TestCase("moved between names")]
    public void Check_WhenAFileIsTouched_Refuses(string how)
    {
        var handedOver = Compute();
        switch (how)
        {
            case "changed":
                temp.Write("folder/bin/app", "Program");
                break;
            case "added":
                temp.Write("folder/bin/.hidden", "");
                break;
            case "removed":
                File.Delete(Path.Combine(Folder, "bin", "app"));
                break;
            case "renamed":
                File.Move(Path.Combine(Folder, "bin", "app"), Path.Combine(Folder, "bin", "App"));
                break;
            default:
                // The same bytes in a row after row, but split elsewhere between name and content.
                File.Move(Path.Combine(Folder, "bin", "app"), Path.Combine(Folder, "app"));
                break;
        }

        Refused(() => FolderDigest.Check(Folder, handedOver, new TestDigests(), default)).ShouldBe(EvidenceDiagnostics.HandoverDiffers);
    }

    [Test]
    public void Check_WhenNothingIsTouched_Passes()
    {
        File.SetLastWriteTimeUtc(Path.Combine(Folder, "bin", "app"), DateTime.UnixEpoch);
        File.SetUnixFileMode(Path.Combine(Folder, "bin", "app"), UnixFileMode.UserRead);
        FolderDigest.Check(Folder, Compute(), new TestDigests(), default);
    }

    [TestCase("link", "CIC2213")]
    [TestCase("pipe", "CIC2213")]
    [TestCase("deep", "CIC2214")]
    [TestCase("nowhere", "CIC2212")]
    public void Compute_OfWhatEvidenceNeverHolds_Refuses(string what, string code)
    {
        var folder = Folder;
        switch (what)
        {
            case "link":
                File.CreateSymbolicLink(Path.Combine(Folder, "bin", "link"), "app");
                break;
            case "pipe":
                using (var pipe = Process.Start("mkfifo", [Path.Combine(Folder, "pipe")]))
                {
                    pipe.WaitForExit();
                }

                break;
            case "deep":
                temp.Write("folder/1/2/3/4/5", "");
                break;
            default:
                folder = temp.Combine("nowhere");
                break;
        }

        Refused(() => FolderDigest.Compute(folder, new TestDigests(), default)).Code.ShouldBe(code);
    }

    [TestCase("", false)]
    [TestCase("none", false)]
    [TestCase("sha256:", false)]
    [TestCase("sha256:0000000000000000000000000000000000000000000000000000000000000000", true)]
    [TestCase("sha256:00000000000000000000000000000000000000000000000000000000000000AA", false)]
    [TestCase("sha256:000000000000000000000000000000000000000000000000000000000000000", false)]
    [TestCase("sm3:0000000000000000000000000000000000000000000000000000000000000000000", false)]
    [TestCase("0000000000000000000000000000000000000000000000000000000000000000", false)]
    public void IsWellFormed_OfText_SaysSo(string text, bool expected) => FolderDigest.IsWellFormed(text).ShouldBe(expected);

    private string Folder => temp.Combine("folder");

    private string Compute() => FolderDigest.Compute(Folder, new TestDigests(), default);

    private static Diagnostic Refused(Action action) => Should.Throw<CiComplianceException>(action).Diagnostic;
}
