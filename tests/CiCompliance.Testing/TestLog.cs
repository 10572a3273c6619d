using System.Security.Cryptography;
using CiCompliance.Keys;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Testing;

/// <summary>An embedded log in a folder of its own.</summary>
public sealed class TestLog : IDisposable
{
    public const string Name = "log.example.test";

    private readonly TempDirectory directory = new();

    public TestLog()
    {
        Store = LogStore.Create(Path, Name, Key, [], Verifier, TimeProvider.System);
    }

    public EcdsaTestSigner Key { get; } = new();

    public EcdsaTestVerifier Verifier { get; } = new();

    public string Path => directory.Combine("log");

    public LogStore Store { get; private set; }

    public TrustedKey Trusted => Key.ToTrustedKey(KeyRole.Log, Name);

    public static ProposedEntry SomeEntry() =>
        ProposedEntry.HashedRekord(RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(70), new EcdsaTestSigner().PublicKey);

    public async Task<LoggedEntry> AppendAsync(params ProposedEntry[] entries) =>
        (await Store.AppendAsync(entries, CancellationToken.None))[0];

    public LogStore Reopen()
    {
        Store.Dispose();
        return Store = LogStore.Open(Path, Key, Verifier, TimeProvider.System);
    }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        Store.Dispose();
        directory.Dispose();
    }
}
