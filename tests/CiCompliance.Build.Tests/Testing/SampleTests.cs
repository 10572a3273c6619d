using CiCompliance.Build.Testing;

namespace CiCompliance.Build.Tests.Testing;

[Explicit("sample for TestRunTests")]
[Category(TestRun.SampleCategory)]
public sealed class SampleTests
{
    [Test]
    public void Passing() => true.ShouldBeTrue();

    [Test]
    public void Failing() => Assert.Fail("this one fails");

    [Test]
    public void Skipped() => Assert.Ignore("needs nothing that exists");
}

[Explicit("sample for TestRunTests")]
[Category(TestRun.SampleCategory)]
public sealed class CrashingSampleTests
{
    [Test]
    public void Crashing() => Environment.FailFast("sample");
}
