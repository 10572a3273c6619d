using CiCompliance.Doors;
using CiCompliance.Testing;

namespace CiCompliance.Core.Tests.Doors;

public sealed class ToolArgumentsTests
{
    [Test]
    public void WithoutReference_OfAValue_NamesItsOption([ValueSource(typeof(ToolArguments), nameof(ToolArguments.Keys))] string key, [Values("=", ":", " ")] string form, [Values("canary", "fd:", "fd:x", "fd:+1", "")] string value) =>
        ToolArguments.WithoutReference(["run", .. form == " " ? new[] { "--" + key, value } : [$"--{key}{form}{value}"]], "/").ShouldBe("--" + key);

    [Test]
    public void WithoutReference_AtTheEndOfTheLine_NamesItsOption() => ToolArguments.WithoutReference(["run", "--token"], "/").ShouldBe("--token");

    [Test]
    public void WithoutReference_OfAFileOrDescriptor_IsNone()
    {
        using var folder = new TempDirectory();
        folder.Write("key.pem", "");
        ToolArguments.WithoutReference(["sign", "--sm2-key", "key.pem", "--p256-key=fd:3", "--range=a..b"], folder.Path).ShouldBeNull();
    }

    [TestCase("run", true)]
    [TestCase("env verify", true)]
    [TestCase("env pin", false)]
    [TestCase("verify evidence", true)]
    [TestCase("seal", true)]
    [TestCase("doctor", false)]
    [TestCase("", false)]
    public void Judge_OfAVerb_SaysWhetherItEndsWithAVerdict(string verb, bool judges) =>
        ToolArguments.Judge(verb.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ShouldBe(judges);
}
