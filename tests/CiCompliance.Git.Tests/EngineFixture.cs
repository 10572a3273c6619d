using CiCompliance.Diagnostics;
using CiCompliance.Source;
using CiCompliance.Testing;

namespace CiCompliance.Git.Tests;

/// <summary>One repository a test, read with one engine.</summary>
public abstract class EngineFixture(GitEngine engine)
{
    protected GitEngine Engine { get; } = engine;

    protected GitRepositoryFixture Repository { get; private set; } = null!;

    protected IGitRepositoryFactory Factory { get; private set; } = null!;

    [SetUp]
    public void SetUpRepository()
    {
        Factory = new GitRepositoryFactory(Engine, Peers.Require("git"));
        Repository = new GitRepositoryFixture();
    }

    [TearDown]
    public void TearDownRepository() => Repository?.Dispose();

    protected IGitRepository Open() => Factory.Open(Repository.Path, CancellationToken.None);

    protected static Diagnostic Refused(Action action) => Should.Throw<CiComplianceException>(action).Diagnostic;

    protected static Diagnostic Refused<T>(Func<T> action) => Should.Throw<CiComplianceException>(() => action()).Diagnostic;
}
