using CiCompliance.Diagnostics;
using CiCompliance.Publishing;

namespace CiCompliance.Core.Tests.Publishing;

public sealed class AnnotationTests
{
    private static readonly HashSet<string> Tree = ["svc/go.sum", "README.md", "a(b).go"];

    [TestCase("go.sum(12)", "svc/go.sum", 12, null)]
    [TestCase("go.sum(12,3)", "svc/go.sum", 12, 3)]
    [TestCase("README.md", "README.md", 1, null)]
    [TestCase("a(b).go", "a(b).go", 1, null)]
    [TestCase("go.sum(0)", "svc/go.sum", 1, null)]
    [TestCase("go.sum(99999999999)", ".github", 1, null)]
    [TestCase("../../etc/passwd(1)", ".github", 1, null)]
    [TestCase("commit 0123", ".github", 1, null)]
    [TestCase("GOFLAGS", ".github", 1, null)]
    [TestCase("go.sum(3)\n", ".github", 1, null)]
    public void Of_EachOrigin_IsAtItsLineOrAtNone(string origin, string path, int line, int? column)
    {
        var annotation = Of(origin, "what", DiagnosticKind.NotCompliant);

        (annotation.Path, annotation.Line, annotation.Column).ShouldBe((path, line, column));
    }

    [Test]
    public void Of_ACommit_NamesItWhole() =>
        Of("commit " + new string('e', 64), "what", DiagnosticKind.NotCompliant).Title.ShouldBe("CIC1001 commit " + new string('e', 64));

    [TestCase(DiagnosticKind.NotCompliant, AnnotationLevel.Failure)]
    [TestCase(DiagnosticKind.Undecided, AnnotationLevel.Failure)]
    [TestCase(DiagnosticKind.Usage, AnnotationLevel.Failure)]
    [TestCase(DiagnosticKind.Notice, AnnotationLevel.Warning)]
    public void Of_EachKind_HasItsLevel(DiagnosticKind kind, AnnotationLevel level) => Of("x", "what", kind).Level.ShouldBe(level);

    [Test]
    public void Of_HostileText_IsVisibleAndBounded()
    {
        var annotation = Of(new string('o', 5000) + "\u202e", "\u001b[2J\r\n::error::x\u0000" + new string('x', 100_000), DiagnosticKind.NotCompliant);

        annotation.Title.Length.ShouldBeLessThanOrEqualTo(255);
        annotation.Message.Length.ShouldBeLessThan(10_000);
        annotation.Message.ShouldNotContain(c => char.IsControl(c));
        annotation.Message.ShouldStartWith("\\u001b[2J\\r\\n::error::x\\u0000");
    }

    private static Annotation Of(string origin, string what, DiagnosticKind kind) =>
        Annotation.Of(new Finding(new Diagnostic("CIC1001", kind, ""), origin, new(what, what), new("fix", "fix")), Tree, "svc", Language.English);
}
