using CiCompliance.Tool.Hosting;

namespace CiCompliance.Tool.Tests.Hosting;

public sealed class CiHostTests
{
    [Test]
    public void ToRecord_OnGitHub_NamesRunAndAttempt()
    {
        var record = Host(("GITHUB_ACTIONS", "true"), ("CI", "true"), ("GITHUB_SERVER_URL", "https://github.example"), ("GITHUB_REPOSITORY", "acme/app"),
            ("GITHUB_RUN_ID", "7"), ("GITHUB_RUN_ATTEMPT", "2"), ("GITHUB_ACTOR", "li"), ("GITHUB_EVENT_NAME", "push")).ToRecord("d");

        record.Ci.ShouldBe("github");
        record.CiRunUrl.ShouldBe("https://github.example/acme/app/actions/runs/7/attempts/2");
        (record.CiRunId, record.Actor, record.Event).ShouldBe(("7", "li", "push"));
    }

    [TestCase("90", 90)]
    [TestCase("ninety", null)]
    public void ToRecord_OnGitHub_KeepsTheRetention(string text, int? days) =>
        Host(("GITHUB_ACTIONS", "true"), ("GITHUB_RETENTION_DAYS", text)).ToRecord("d").RetentionDays.ShouldBe(days);

    [Test]
    public void Kind_IsToldByTheVariables()
    {
        Host(("GITLAB_CI", "true")).Kind.ShouldBe(CiKind.GitLab);
        Host(("JENKINS_URL", "http://j/")).Kind.ShouldBe(CiKind.Jenkins);
        Host(("CI", "1")).Kind.ShouldBe(CiKind.Other);
        Host(("CI", "false")).Kind.ShouldBe(CiKind.None);
        Host().Kind.ShouldBe(CiKind.None);
    }

    [Test]
    public void ToRecord_WhenAValueIsHostile_IsBoundedAndClean()
    {
        var record = Host(("GITLAB_CI", "true"), ("GITLAB_USER_LOGIN", "a\u001b[2J\n\u202eb" + new string('x', 5000))).ToRecord("d");

        record.Actor.ShouldNotBeNull().ShouldStartWith("a[2Jbx");
        record.Actor.Length.ShouldBeLessThanOrEqualTo(512);
    }

    [Test]
    public void Digest_WhenAnAssemblyChanges_Changes()
    {
        using var temporary = new Testing.TempDirectory();
        temporary.Write("cicompliance.dll", "a");
        temporary.Write("CiCompliance.Core.dll", "b");
        var before = ToolIdentity.Digest(temporary.Path);

        temporary.Write("notes.txt", "does not run");
        ToolIdentity.Digest(temporary.Path).ShouldBe(before);
        temporary.Write("CiCompliance.Core.dll", "c");
        ToolIdentity.Digest(temporary.Path).ShouldNotBe(before);

        // printf a | sha256sum etc., in the form of sha256sum's own listing.
        temporary.Write("CiCompliance.Core.dll", "b");
        const string Listing = "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  CiCompliance.Core.dll\n"
            + "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  cicompliance.dll\n";
        ToolIdentity.Digest(temporary.Path).ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(Listing))));
    }

    [TestCase("BouncyCastle.Cryptography.dll")]
    [TestCase("libgit2-5853918.so")]
    public void Digest_WhenAThirdPartysLibraryChanges_Changes(string name)
    {
        using var temporary = new Testing.TempDirectory();
        temporary.Write("cicompliance.dll", "a");
        temporary.Write(name, "b");
        var before = ToolIdentity.Digest(temporary.Path);
        temporary.Write(name, "c");
        ToolIdentity.Digest(temporary.Path).ShouldNotBe(before);
    }

    [Test]
    public void Digest_WhenADecoyLiesBesideTheExecutable_StillCoversTheExecutable()
    {
        using var temporary = new Testing.TempDirectory();
        temporary.Write("cicompliance", "a");
        temporary.Write("CiCompliance.Decoy.dll", "x");
        var before = ToolIdentity.Digest(temporary.Path);
        temporary.Write("cicompliance", "b");
        ToolIdentity.Digest(temporary.Path).ShouldNotBe(before);
    }

    [Test]
    public void Digest_WhenTheFolderHasNoTool_IsNoDigest()
    {
        using var temporary = new Testing.TempDirectory();
        temporary.Write("notes.txt", "x");
        Should.Throw<FileNotFoundException>(() => ToolIdentity.Digest(temporary.Path));
    }

    [Test]
    public void Digest_OfTheNativeForm_IsOverTheExecutable()
    {
        using var temporary = new Testing.TempDirectory();
        temporary.Write("cicompliance", "a");
        var before = ToolIdentity.Digest(temporary.Path);
        temporary.Write("cicompliance", "b");
        ToolIdentity.Digest(temporary.Path).ShouldNotBe(before);
    }

    [TestCase("zh", null, "en_US.UTF-8", "Chinese")]
    [TestCase("en", null, "zh_CN.UTF-8", "English")]
    [TestCase(null, null, "zh_CN.UTF-8", "Chinese")]
    [TestCase(null, "C", "zh_CN.UTF-8", "English")]
    [TestCase(null, null, null, "English")]
    public void Language_IsTheOptionThenTheLocale(string? option, string? all, string? lang, string expected) =>
        LanguageChoice.Guess(option is null ? [] : ["run", "--language", option], name => name switch { "LC_ALL" => all, "LANG" => lang, _ => null })
            .ToString().ShouldBe(expected);

    private static CiHost Host(params (string Name, string Value)[] environment) =>
        new(name => environment.FirstOrDefault(pair => pair.Name == name).Value);
}
