using System.Text;
using CiCompliance.Keys;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.GitObjects;

/// <summary>A real repository whose commits and tags are signed by a real SSH key; what git and this verifier think of one of its objects.</summary>
internal sealed class SshRepository : IDisposable
{
    private readonly ObjectSignatureVerifier verifier = new();

    public SshRepository(string objectFormat = "sha1", string algorithm = "ed25519")
    {
        Repository = new GitRepositoryFixture(objectFormat);
        Key = Ssh.Generate("dev", algorithm);
        Repository.Run("config", "gpg.format", "ssh");
        Repository.Run("config", "user.signingKey", Key);
        Allow($"zhangsan@example.com {SshHome.Line(Key)}");
    }

    public GitRepositoryFixture Repository { get; }

    public SshHome Ssh { get; } = new();

    public string Key { get; }

    public string AllowedSigners { get; private set; } = "";

    /// <summary>Lines of an allowed_signers file, for both.</summary>
    public void Allow(string lines)
    {
        AllowedSigners = lines + "\n";
        Repository.Run("config", "gpg.ssh.allowedSignersFile", Ssh.Write("allowed_signers", AllowedSigners));
    }

    public bool GitAccepts(string oid)
    {
        try
        {
            Repository.Run(TypeOf(oid) == "tag" ? "verify-tag" : "verify-commit", oid);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <returns>Null for a pass.</returns>
    public string? Refusal(string oid)
    {
        var raw = Repository.RunBytes("cat-file", TypeOf(oid), oid);
        var signature = TypeOf(oid) == "tag" ? TagObject.Parse(raw).ReadSignature() : CommitObject.Parse(raw).ReadSignature();
        if (signature.Format is SignatureFormat.None or SignatureFormat.Unknown)
        {
            return signature.Format == SignatureFormat.None ? "CIC1001" : "CIC1005";
        }

        var trusted = KeyringImporter.Import("allowed_signers", Encoding.UTF8.GetBytes(AllowedSigners), KeyRole.Committer, []).Keys;
        return verifier.Verify(signature, trusted).Diagnostic?.Code;
    }

    /// <summary>An object of these headers and message, signed as git would.</summary>
    /// <param name="compose">Gives the object for an armour.</param>
    public string WriteSigned(string type, byte[] payload, Func<string, byte[]> compose) =>
        Repository.WriteObject(type, compose(Encoding.ASCII.GetString(Ssh.Sign(Key, payload))));

    public static string Fold(string armour) => armour.TrimEnd('\n').Replace("\n", "\n ", StringComparison.Ordinal) + "\n";

    public void Dispose()
    {
        Ssh.Dispose();
        Repository.Dispose();
    }

    private string TypeOf(string oid) => Repository.Run("cat-file", "-t", oid).Trim();
}
