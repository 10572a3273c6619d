using System.Text;
using CiCompliance.Build.Quickstart;
using CiCompliance.Cryptography;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

internal enum TagKind
{
    Lightweight,

    /// <summary>Annotated, as <see cref="Signed"/>.</summary>
    Unsigned,
    Signed,
}

/// <summary>An origin whose protected branch holds policy and trust store, and one signed commit after that.</summary>
internal sealed class ProtectedRepository
{
    private readonly string folder;
    private readonly string work;

    public ProtectedRepository(TempDirectory temporary)
    {
        folder = temporary.Path;
        work = temporary.Combine("work");
        Origin = temporary.Combine("origin.git");
        Scenario.Copy(Scenario.Repository, work);
        temporary.Write("work/compliance.yml", Policy);
        Directory.CreateDirectory(Path.Combine(work, ".cicompliance"));
        File.Copy(Scenario.Trust, Path.Combine(work, ".cicompliance", "trust.json"));
        Git("add", "--all");
        Git("commit", "--quiet", "--message=Set the rules");
        Base = Git("rev-parse", "HEAD");
        Head = Signed("Serve more");
        Git("clone", "--quiet", "--bare", work, Origin);
    }

    public string Origin { get; }

    /// <summary>The quickstart's, with a rule about tags.</summary>
    public static string Policy => $"""
        {Scenario.Policy}
        source:
          rules:
            - name: release tags
              tags: ["v*"]
              signers: [{string.Join(", ", Scenario.TrustStore.Keys.Where(key => key.Role == KeyRole.Committer).Select(key => $"\"{key.Id}\""))}]

        """;

    /// <summary>What the protected branch was before the last push.</summary>
    public string Base { get; }

    public string Head { get; }

    /// <summary>A commit on top of the protected branch, pushed to <paramref name="reference"/>; unsigned where no key is at hand.</summary>
    public string Propose(string reference, bool isSigned)
    {
        Git("checkout", "--quiet", "--detach", Head);
        if (isSigned)
        {
            Signed("Propose a change");
        }
        else
        {
            Git("commit", "--quiet", "--allow-empty", "--no-gpg-sign", "--message=Propose a change");
        }

        Git("push", "--quiet", Origin, $"HEAD:{reference}");
        return Git("rev-parse", "HEAD");
    }

    /// <summary>A signed commit on top of the protected branch that changes its policy.</summary>
    public string ProposePolicy(string from, string to)
    {
        Git("checkout", "--quiet", "--detach", Head);
        Policy.ShouldContain(from);
        File.WriteAllText(Path.Combine(work, "compliance.yml"), Policy.Replace(from, to, StringComparison.Ordinal));
        var commit = Signed("Change the policy");
        Git("push", "--quiet", Origin, "HEAD:refs/heads/policy");
        return commit;
    }

    /// <summary>A signed commit that branched off before the protected branch's tip.</summary>
    public string ProposeBesideHead()
    {
        Git("checkout", "--quiet", "--detach", Base);
        var commit = Signed("Branch off early");
        Git("push", "--quiet", Origin, "HEAD:refs/heads/early");
        return commit;
    }

    /// <summary>Pushes a tag, in the place of one of that name.</summary>
    /// <returns>The id of what the tag's ref names.</returns>
    public string Tag(string name, string commit, TagKind kind)
    {
        var target = commit;
        if (kind != TagKind.Lightweight)
        {
            var content = $"object {commit}\ntype commit\ntag {name}\ntagger x <x@example.com> {DateTimeOffset.UtcNow.ToUnixTimeSeconds()} +0000\n\nRelease {name}, {Guid.NewGuid()}\n";
            var signature = kind == TagKind.Unsigned ? "" : Encoding.ASCII.GetString(CmsSigner.Sign(Scenario.Committer, Encoding.UTF8.GetBytes(content), DateTimeOffset.UtcNow));
            File.WriteAllText(Path.Combine(folder, "tag"), content + signature);
            target = Git("hash-object", "-t", "tag", "-w", Path.Combine(folder, "tag"));
        }

        Git("push", "--quiet", "--force", Origin, $"{target}:refs/tags/{name}");
        return target;
    }

    /// <summary>Two pushes to the protected branch: an unsigned commit that puts another key into the trust store, then one that this key signed.</summary>
    public (string Refused, string Next) Swap()
    {
        using var key = KeyGenerator.Generate(KeyAlgorithm.Sm2);
        var certificate = DemonstrationKeys.CertificateOf(key, "Mallory", DateTimeOffset.UtcNow);
        using var mallory = key.OpenSigner(certificate);
        var trusted = KeyringImporter.Import("mallory", Encoding.ASCII.GetBytes(SelfSignedCertificate.ToPem(certificate)), KeyRole.Committer, [])
            .Keys.Select(one => one with { Repositories = [QuickstartRun.Repository] });
        var store = Scenario.TrustStore;
        Git("checkout", "--quiet", "--detach", Head);
        File.WriteAllBytes(Path.Combine(work, ".cicompliance", "trust.json"),
            (store with { Keys = [.. store.Keys.Where(one => one.Role != KeyRole.Committer), .. trusted] }).ToJson());
        Git("commit", "--quiet", "--all", "--no-gpg-sign", "--message=Swap the trust store");
        var refused = Git("rev-parse", "HEAD");
        var next = Signed("Look harmless", mallory);
        Git("push", "--quiet", Origin, "HEAD:refs/heads/main");
        return (refused, next);
    }

    private string Signed(string message) => Signed(message, Scenario.Committer);

    private string Signed(string message, ISigner signer)
    {
        File.AppendAllText(Path.Combine(work, "README.md"), message + "\n");
        Git("add", "--all");
        using var repository = new QuickstartRepository(work);
        repository.CommitWithSm2(message, signer);
        return Git("rev-parse", "HEAD");
    }

    private string Git(params string[] arguments) => System.Text.Encoding.UTF8.GetString(ChildProcess.Capture("git",
        ["-c", "user.name=x", "-c", "user.email=x@example.com", .. arguments], work,
        new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = folder, ["GIT_CONFIG_NOSYSTEM"] = "1" })).Trim();
}
