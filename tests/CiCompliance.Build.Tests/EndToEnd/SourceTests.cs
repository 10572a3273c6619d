using CiCompliance.Keys;

namespace CiCompliance.Build.Tests.EndToEnd;

/// <summary>Commits and modules that are not what they should be: refused with a report, and nothing is built.</summary>
public sealed class SourceTests : EndToEndTests
{
    [Test]
    public void UnsignedCommit_IsRefused()
    {
        Case.Git(Case.CopyRepository(), "commit", "--quiet", "--allow-empty", "--no-gpg-sign", "--message=Unsigned");
        NotCompliant("CIC1001");
    }

    [Test]
    public void UnknownKey_IsRefused()
    {
        Case.WithTrust((Scenario.TrustStore with { Keys = [.. Scenario.TrustStore.Keys.Where(key => key is not { Role: KeyRole.Committer, Algorithm: KeyAlgorithm.Sm2 })] }).ToJson());
        NotCompliant("CIC1002");
    }

    [Test]
    public void TamperedCommit_IsRefused()
    {
        var copy = Case.CopyRepository();
        var raw = Case.Git(copy, "cat-file", "commit", "HEAD") + "\n";
        var changed = raw.Replace("Say how it is run", "Say how it was run", StringComparison.Ordinal);
        changed.ShouldNotBe(raw);
        var commit = Case.Git(copy, System.Text.Encoding.UTF8.GetBytes(changed), "hash-object", "-t", "commit", "-w", "--stdin");
        Case.Git(copy, "update-ref", "HEAD", commit);
        NotCompliant("CIC1003");
    }

    [Test]
    public void ExpiredKey_IsRefused()
    {
        var past = DateTimeOffset.UtcNow.AddDays(-10);
        Case.WithTrust((Scenario.TrustStore with
        {
            Keys = [.. Scenario.TrustStore.Keys.Select(key => key.Role == KeyRole.Committer ? key with { ValidFrom = past.AddDays(-10), ValidUntil = past } : key)],
        }).ToJson());
        NotCompliant("CIC1004");
    }

    [Test]
    public void GoSumAndZipThatAgreeAgainstTheDatabase_AreRefused()
    {
        const string Module = "modules.example/settings";
        const string Version = "v1.0.3";
        var source = Path.Combine(Scenario.Root, "templates", "go-service-modules", $"{Module}@{Version}");
        var files = Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(source, file), File.ReadAllText);
        var name = files.Keys.First(file => file.EndsWith(".go", StringComparison.Ordinal));
        files[name] += "\n// changed\n";
        var module = new CiCompliance.Go.ModuleVersion(Module, Version);
        var zip = CiCompliance.Testing.FixtureModuleProxy.Zip(module, files);
        var hash = CiCompliance.Testing.FixtureModuleProxy.HashOf(zip, module);
        var (another, trust) = Scenario.Another(Case.Folder, template =>
        {
            var path = Path.Combine(template, "go.sum");
            File.WriteAllLines(path, File.ReadAllLines(path).Select(line => line.StartsWith($"{Module} {Version} ", StringComparison.Ordinal) ? $"{Module} {Version} {hash}" : line));
        });
        using (another)
        {
            Scenario.Proxy.Lie = path => path.EndsWith($"{Module}/@v/{Version}.zip", StringComparison.Ordinal) ? (200, zip) : null;
            Case.Options["--project"] = another.Path;
            Case.WithTrust(trust.ToJson());
            NotCompliant("CIC1115");
        }
    }

    [Test]
    public void ChecksumDatabaseDown_IsNotDecided()
    {
        Scenario.Proxy.Lie = path => path.StartsWith("/sumdb/", StringComparison.Ordinal) ? (500, "down"u8.ToArray()) : null;
        Refused(3, "CIC1110");
        Case.HasOutputs.ShouldBeFalse();
    }

    [Test]
    public void ProxyDown_IsNotDecided()
    {
        Scenario.Proxy.Lie = _ => (502, "down"u8.ToArray());
        Refused(3).Messages.ShouldMatch("CIC11(10|20)");
        Case.HasOutputs.ShouldBeFalse();
    }

    private void NotCompliant(string code)
    {
        var outcome = Refused(1, code);
        Case.HasOutputs.ShouldBeFalse();
        File.ReadAllText(Path.Combine(Case.Out, "report.html")).ShouldContain(code);
    }
}
