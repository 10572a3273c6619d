using System.Text;
using CiCompliance.Source;

namespace CiCompliance.Core.Tests.Source;

public sealed class TagObjectTests
{
    private const string Target = "1111111111111111111111111111111111111111";
    private const string Head = $"object {Target}\ntype commit\ntag v1.0.0\ntagger A <a@b> 1 +0000\n\nrelease\n";
    private const string Armour = "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n";

    [Test]
    public void Parse_OfASignedTag_TakesItApart()
    {
        var tag = Parse(Head + Armour);
        (tag.Target, tag.TargetType, tag.Name).ShouldBe((Target, "commit", "v1.0.0"));
        var signature = tag.ReadSignature();
        signature.Format.ShouldBe(SignatureFormat.OpenPgp);
        Text(signature.Payload).ShouldBe(Head);
        Text(signature.Armour).ShouldBe(Armour);
    }

    [Test]
    public void ReadSignature_WithoutArmour_IsNone() => Parse(Head).ReadSignature().Format.ShouldBe(SignatureFormat.None);

    [Test]
    public void ReadSignature_WhereTheMessageQuotesAnArmour_TakesTheLast()
    {
        var signature = Parse(Head + Armour + "quoted above\n" + "-----BEGIN SSH SIGNATURE-----\nx\n").ReadSignature();
        signature.Format.ShouldBe(SignatureFormat.Ssh);
        Text(signature.Payload).ShouldBe(Head + Armour + "quoted above\n");
    }

    [Test]
    public void ReadSignature_WhereTheArmourBeginsWithinALine_IsNone() =>
        Parse(Head + "x" + Armour.Replace("\n-----END", "\nx-----END", StringComparison.Ordinal)).ReadSignature().Format.ShouldBe(SignatureFormat.None);

    [Test]
    public void ReadSignature_WithAHeaderForTheOtherFormat_LeavesItOut()
    {
        var signature = Parse(With("gpgsig-sha256 x\n y\n") + Armour).ReadSignature();
        signature.Format.ShouldBe(SignatureFormat.OpenPgp);
        Text(signature.Payload).ShouldBe(Head);
        Parse(With("gpgsig-sha256 x\n y\n")).ReadSignature().Format.ShouldBe(SignatureFormat.Unknown, "it is signed, but not in its own format");
    }

    [TestCase("gpgsig x\n")]
    [TestCase("gpgsig-sha256 x\ngpgsig-sha256 y\n")]
    [TestCase("gpgsignature x\n")]
    public void ReadSignature_WithAnyOtherSignatureHeader_IsUnknown(string headers) =>
        Parse(With(headers) + Armour).ReadSignature().Format.ShouldBe(SignatureFormat.Unknown);

    [TestCase("")]
    [TestCase($"object {Target}\ntype commit\n")]
    [TestCase($"object {Target}\ntype file\ntag x\n\nm")]
    [TestCase($"type commit\nobject {Target}\ntag x\n\nm")]
    [TestCase($"object {Target}\ntype commit\ntag x\ntag y\n\nm")]
    [TestCase($"object {Target}\ntype commit\ntag x\nobject {Target}\n\nm")]
    [TestCase($"object {Target}\ntype commit\ntag x\0y\n\nm")]
    [TestCase("object 123\ntype commit\ntag x\n\nm")]
    public void Parse_OfAnotherForm_Throws(string raw) => Should.Throw<FormatException>(() => Parse(raw));

    [Test]
    public void Parse_WhereTheNameIsNoText_Throws() =>
        Should.Throw<FormatException>(() => TagObject.Parse(Encoding.Latin1.GetBytes(Head.Replace("v1", "\u00ff", StringComparison.Ordinal))));

    private static string With(string headers) => Head.Replace("\n\n", $"\n{headers}\n", StringComparison.Ordinal);

    private static TagObject Parse(string raw) => TagObject.Parse(Encoding.UTF8.GetBytes(raw));

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
