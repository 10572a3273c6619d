using CiCompliance.Testing;

namespace CiCompliance.Build.Tests;

public sealed class SourceStampTests
{
    private TempDirectory folder = null!;

    [SetUp]
    public void Write()
    {
        folder = new TempDirectory();
        folder.Write("src/A/a.cs", "a");
        folder.Write("global.json", "{}");
        folder.Write("out/tool", "made");
        Stamp().Write();
    }

    [TearDown]
    public void Remove() => folder.Dispose();

    [Test]
    public void IsCurrent_WhenNothingChanged_IsTrue() => Stamp().IsCurrent.ShouldBeTrue();

    [Test]
    public void IsCurrent_WhenOnlyBuildOutputChanged_IsTrue()
    {
        folder.Write("src/A/obj/x", "x");
        folder.Write("src/A/bin/x", "x");
        Stamp().IsCurrent.ShouldBeTrue();
    }

    [Test]
    public void Clear_InAFreshClone_HasNothingToDo() =>
        Should.NotThrow(SourceStamp.Of(folder.Combine("artifacts", "stamps", "tool"), folder.Path, ["src"], output: null).Clear);

    [TestCase("src/A/a.cs")]
    [TestCase("src/A/b.cs")]
    [TestCase("global.json")]
    public void IsCurrent_WhenASourceChanged_IsFalse(string file)
    {
        folder.Write(file, "changed");
        Stamp().IsCurrent.ShouldBeFalse();
    }

    [TestCase("out/tool")]
    [TestCase("out/another")]
    public void IsCurrent_WhenTheOutputIsNotWhatWasMade_IsFalse(string file)
    {
        folder.Write(file, "planted");
        Stamp().IsCurrent.ShouldBeFalse();
    }

    [Test]
    public void IsCurrent_WhenASourceIsGone_IsFalse()
    {
        File.Delete(folder.Combine("src", "A", "a.cs"));
        Stamp().IsCurrent.ShouldBeFalse();
    }

    [Test]
    public void IsCurrent_WhenTheRuntimeChanged_IsFalse() => Stamp("linux-arm64").IsCurrent.ShouldBeFalse();

    [Test]
    public void IsCurrent_AfterARunThatBrokeOff_IsFalse()
    {
        Stamp().Clear();
        Stamp().IsCurrent.ShouldBeFalse();
    }

    private SourceStamp Stamp(string runtime = "linux-x64") =>
        SourceStamp.Of(folder.Combine("stamps", "tool"), folder.Path, ["src", "global.json", "absent"], folder.Combine("out"), runtime);
}
