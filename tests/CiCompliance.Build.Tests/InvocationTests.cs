namespace CiCompliance.Build.Tests;

public sealed class InvocationTests
{
    [TestCase("--project=/r --range=a..b", ExpectedResult = "--project=/r --range=a..b")]
    [TestCase("--target=Project --project /r --quiet", ExpectedResult = "--project /r --quiet")]
    [TestCase("--TARGET Project --verbosity quiet --range a..b", ExpectedResult = "--range a..b")]
    public string ToolArguments_AreAllButTheApplicationsOwn(string typed) =>
        string.Join(' ', new Invocation(typed.Split(' '), "/root").ToolArguments);

    [Test]
    public void From_FindsThisRepository() => File.Exists(Path.Combine(Invocation.From([]).Root, "build.sh")).ShouldBeTrue();
}
