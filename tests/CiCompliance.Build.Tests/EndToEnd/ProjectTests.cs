using CiCompliance.Build.Quickstart;

namespace CiCompliance.Build.Tests.EndToEnd;

/// <summary>Projects, policies and places that a run cannot begin with.</summary>
public sealed class ProjectTests : EndToEndTests
{
    [Test]
    public void NoRepository_IsPrerequisite()
    {
        Case.Options["--project"] = Directory.CreateDirectory(Case.Folder.Combine("plain")).FullName;
        Refused(2, "CIC1008");
    }

    [Test]
    public void NoGoMod_IsPrerequisite()
    {
        var (another, trust) = Scenario.Another(Case.Folder, template => File.Delete(Path.Combine(template, "go.mod")));
        using (another)
        {
            Case.Options["--project"] = another.Path;
            Case.WithTrust(trust.ToJson());
            Refused(2, "CIC1018");
        }
    }

    [Test]
    public void GoOptionLeadsNowhere_IsPrerequisite()
    {
        Case.Options["--go"] = "/nonexistent/go";
        Refused(2, "CIC0050");
        Case.HasOutputs.ShouldBeFalse();
    }

    [Test]
    public void PathWithoutGo_IsPrerequisite()
    {
        var bin = Directory.CreateDirectory(Case.Folder.Combine("bin")).FullName;
        foreach (var name in new[] { "git", "gcc" }.Where(name => File.Exists("/usr/bin/" + name)))
        {
            File.CreateSymbolicLink(Path.Combine(bin, name), "/usr/bin/" + name);
        }

        Case.Environment["PATH"] = bin;
        Refused(2, "CIC0050");
    }

    [TestCase("version: 1\nrepository: [x\n", "CIC5002", "compliance.yml(")]
    [TestCase("version: 1\n\trepository: x\n", "CIC500", "compliance.yml(2,1)")]
    [TestCase("repositry", "CIC5005", "repository")]
    [TestCase("version: 1\nrepository: &a modules.example/ledger\n", "CIC5003", "compliance.yml(2,")]
    [TestCase("version", "CIC5004", "CIC5004")]
    public void WrongPolicy_SaysWhere(string text, string code, string message)
    {
        // A word alone is one more key in the policy that is good otherwise.
        Case.WithPolicy(text.Contains('\n', StringComparison.Ordinal) ? text : $"{Scenario.Policy}{text}: 1\n");
        Refused(2, code, message, "compliance.yml");
    }

    [Test]
    public void ShallowClone_SaysHowToFetch()
    {
        var clone = Case.Folder.Combine("clone");
        Case.Git(Case.Folder.Path, "clone", "--quiet", "--depth=1", "file://" + Scenario.Repository, clone);
        Case.Options["--project"] = clone;
        Refused(2, "CIC1010", "git fetch --unshallow");
    }

    [Test]
    public void PolicyInTheTreeUnderTest_IsRefused([Values] bool byLink)
    {
        var copy = Case.CopyRepository();
        var inside = Path.Combine(copy, "own.yml");
        File.WriteAllText(inside, Scenario.Policy);
        Case.Options["--config"] = byLink ? File.CreateSymbolicLink(Case.Folder.Combine("outside.yml"), inside).FullName : inside;
        Refused(2, "CIC0006");
    }

    [Test]
    public void PolicyByALinkInTheTree_IsRefused()
    {
        var link = Path.Combine(Case.CopyRepository(), "link.yml");
        File.CreateSymbolicLink(link, Scenario.PolicyFile);
        Case.Options["--config"] = link;
        Refused(2, "CIC0006");
    }

    [TestCase("--config")]
    [TestCase("--trust")]
    public void NeitherFileNorBase_IsUsage(string option)
    {
        Case.Options.Remove(option);
        Refused(2, "CIC0005", "--base");
    }

    [Test]
    public void PolicyOfTheTreeUnderTest_ChangesNothing()
    {
        var weak = Scenario.Policy.Replace("cache: shared", "cache: shared\nstages: [source]\nbinary:\n  static: allowed", StringComparison.Ordinal);
        var (another, trust) = Scenario.Another(Case.Folder, template =>
        {
            Directory.CreateDirectory(Path.Combine(template, ".cicompliance"));
            File.WriteAllText(Path.Combine(template, ".cicompliance", "trust.json"), "{}");
            File.WriteAllText(Path.Combine(template, "Compliance.yml"), weak);
        });
        using (another)
        {
            Case.Options["--project"] = another.Path;
            Case.Options["--stages"] = "source";
            // The scenario's trust store does not know this repository's OpenPGP signer; the one in the tree has no say.
            Refused(1, "CIC1002");
            Case.WithTrust(trust.ToJson());
            Case.Run().ShouldBe(0);
        }
    }

    [Test]
    public void UnwritableOut_IsNotDecided()
    {
        Case.Out = "/proc/evidence";
        Case.Run().ShouldBe(3, "CIC2202");
    }

    [TestCase("ro")]
    [TestCase("size=1m")]
    public void ReadOnlyOrFullDisk_IsNotDecided(string mountOption)
    {
        var disk = Directory.CreateDirectory(Case.Folder.Combine("disk")).FullName;
        using var mount = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("mount", ["-t", "tmpfs", "-o", mountOption, "tmpfs", disk]) { RedirectStandardError = true })!;
        mount.WaitForExit();
        if (mount.ExitCode != 0)
        {
            Assert.Ignore("unavailable: mounting a tmpfs");
        }

        try
        {
            Case.Out = Path.Combine(disk, "evidence");
            var outcome = Refused(3);
            outcome.Messages.ShouldMatch("CIC(2202|1027|1120|2003)");
            outcome.Messages.ShouldNotContain("CIC0001");
        }
        finally
        {
            using var unmount = System.Diagnostics.Process.Start("umount", ["-l", disk]);
            unmount.WaitForExit();
        }
    }

    [Test]
    public void TwoRunsAtOnce_TheSecondIsRefusedAndTheFirstFinishes()
    {
        Scenario.Proxy.Requests.Clear();
        using var gate = new ManualResetEventSlim();
        Scenario.Proxy.Lie = _ =>
        {
            gate.Wait(TimeSpan.FromSeconds(60));
            return null;
        };
        var first = Case.Start();
        SpinWait.SpinUntil(() => !Scenario.Proxy.Requests.IsEmpty || first.HasExited, TimeSpan.FromSeconds(60)).ShouldBeTrue();
        var second = Case.Run();
        gate.Set();
        var outcome = Case.Finish(first);

        second.ShouldBe(2, "CIC2201");
        outcome.ShouldBe(0);
        Case.ShouldHaveLeftNoLock();
    }
}
