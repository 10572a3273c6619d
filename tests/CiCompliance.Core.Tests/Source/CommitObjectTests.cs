using System.Text;
using CiCompliance.Source;

namespace CiCompliance.Core.Tests.Source;

public sealed class CommitObjectTests
{
    private const string Tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    private const string Parent = "1111111111111111111111111111111111111111";
    private const string Other = "2222222222222222222222222222222222222222";
    private const string Identity = "Zhang San <z@example.com> 1750000000 +0800";
    private const string Head = $"tree {Tree}\nparent {Parent}\nauthor {Identity}\ncommitter {Identity}\n";
    private const string Armour = "-----BEGIN PGP SIGNATURE-----\n\nabc\n=def\n-----END PGP SIGNATURE-----\n";
    private const string Folded = "-----BEGIN PGP SIGNATURE-----\n \n abc\n =def\n -----END PGP SIGNATURE-----\n";

    [Test]
    public void Parse_OfASignedCommit_TakesItApart()
    {
        var commit = Parse(Head + "gpgsig " + Folded + "\nmessage\n");
        commit.Tree.ShouldBe(Tree);
        commit.Parents.ShouldBe([Parent]);
        commit.CommittedAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1750000000));
        commit.Author.At.ShouldBe(commit.CommittedAt);
        var signature = commit.ReadSignature();
        signature.Format.ShouldBe(SignatureFormat.OpenPgp);
        Text(signature.Armour).ShouldBe(Armour);
        Text(signature.Payload).ShouldBe(Head + "\nmessage\n");
    }

    [Test]
    public void ReadSignature_WhereOtherHeadersStandAroundIt_LeavesThemInThePayload()
    {
        var signature = Parse(Head + "encoding GBK\ngpgsig " + Folded + "mergetag object x\n type commit\n gpgsig inner\n\nmessage\n").ReadSignature();
        signature.Format.ShouldBe(SignatureFormat.OpenPgp);
        Text(signature.Payload).ShouldBe(Head + "encoding GBK\nmergetag object x\n type commit\n gpgsig inner\n\nmessage\n");
    }

    [Test]
    public void ReadSignature_OfAnUnsignedCommit_IsNone()
    {
        var signature = Parse(Head + "\ngpgsig in the message\n " + Armour).ReadSignature();
        signature.Format.ShouldBe(SignatureFormat.None);
        signature.Armour.IsEmpty.ShouldBeTrue();
    }

    [TestCase("-----BEGIN PGP SIGNATURE-----", SignatureFormat.OpenPgp)]
    [TestCase("-----BEGIN PGP MESSAGE-----", SignatureFormat.OpenPgp)]
    [TestCase("-----BEGIN SIGNED MESSAGE-----", SignatureFormat.Cms)]
    [TestCase("-----BEGIN SSH SIGNATURE-----", SignatureFormat.Ssh)]
    [TestCase("-----BEGIN AGE SIGNATURE-----", SignatureFormat.Unknown)]
    [TestCase("untrusted comment: minisign", SignatureFormat.Unknown)]
    public void ReadSignature_TellsTheFormatByItsArmour(string first, SignatureFormat format) =>
        Parse($"{Head}gpgsig {first}\n abc\n\nm\n").ReadSignature().Format.ShouldBe(format);

    [TestCase("gpgsig " + Folded + "gpgsig " + Folded)]
    [TestCase("gpgsig " + Folded + "x-other y\ngpgsig " + Folded)]
    [TestCase("gpgsig-sha256 " + Folded)]
    [TestCase("gpgsig-sha256 " + Folded + "gpgsig " + Folded + "gpgsig-sha256 " + Folded)]
    [TestCase("gpgsignature x\ngpgsig " + Folded)]
    [TestCase("gpgsignature x\n")]
    public void ReadSignature_OfSeveralOrForeignOnes_IsUnknown(string headers) =>
        Parse($"{Head}{headers}\nm\n").ReadSignature().Format.ShouldBe(SignatureFormat.Unknown);

    [TestCase("gpgsig " + Folded + "gpgsig-sha256 x\n y\n")]
    [TestCase("gpgsig-sha256 x\n y\ngpgsig " + Folded)]
    public void ReadSignature_WithOneForTheOtherFormat_TakesItsOwnAndLeavesBothOut(string headers)
    {
        var signature = Parse($"{Head}encoding GBK\n{headers}x-note kept\n too\n\nm\n").ReadSignature();
        signature.Format.ShouldBe(SignatureFormat.OpenPgp);
        Text(signature.Armour).ShouldBe(Armour);
        Text(signature.Payload).ShouldBe($"{Head}encoding GBK\nx-note kept\n too\n\nm\n");
    }

    [Test]
    public void ReadSignature_OfASha256Commit_TakesItsOwnHeader()
    {
        var tree = new string('a', 64);
        var head = $"tree {tree}\nauthor {Identity}\ncommitter {Identity}\n";
        Parse($"{head}gpgsig-sha256 {Folded}\nm\n").ReadSignature().Format.ShouldBe(SignatureFormat.OpenPgp);
        Parse($"{head}gpgsig {Folded}\nm\n").ReadSignature().Format.ShouldBe(SignatureFormat.Unknown);
    }

    [Test]
    public void Parse_KeepsBytesThatAreNoText()
    {
        byte[] message = [0xff, 0xfe, 0x00, (byte)'\n', 0x00];
        byte[] raw = [.. Encoding.ASCII.GetBytes(Head + "gpgsig " + Folded + "\n"), .. message];
        var signature = CommitObject.Parse(raw).ReadSignature();
        signature.Payload.ToArray().ShouldBe([.. Encoding.ASCII.GetBytes(Head + "\n"), .. message]);
        var named = Encoding.Latin1.GetBytes(Head.Replace("Zhang", "Zh\u00e4ng", StringComparison.Ordinal) + "\n");
        CommitObject.Parse(named).ReadSignature().Payload.ToArray().ShouldBe(named);
    }

    [Test]
    public void Parse_OfAMergeAndARoot_GivesTheirParents()
    {
        Parse(Head.Replace("author", $"parent {Other}\nauthor", StringComparison.Ordinal) + "\nm").Parents.ShouldBe([Parent, Other]);
        Parse($"tree {Tree}\nauthor {Identity}\ncommitter {Identity}\n").Parents.ShouldBeEmpty();
    }

    [TestCase("A <a@b>")]
    [TestCase("A <a@b> x +0000")]
    [TestCase("A <a@b> -1 +0000")]
    [TestCase("A <a@b> 99999999999999999999 +0000")]
    [TestCase("nothing")]
    public void Parse_WhereTheTimeIsOdd_HasNone(string identity) =>
        Parse($"tree {Tree}\nauthor {identity}\ncommitter {identity}\n\nm").CommittedAt.ShouldBeNull();

    [TestCase("")]
    [TestCase("tree 123\n")]
    [TestCase($"tree {Tree}\n")]
    [TestCase($"tree {Tree}\nauthor {Identity}\n")]
    [TestCase($"tree {Tree}\nauthor {Identity}\ncommitter {Identity}", TestName = "no line end")]
    [TestCase($"parent {Parent}\ntree {Tree}\nauthor {Identity}\ncommitter {Identity}\n\nm")]
    [TestCase($"tree {Tree}\nauthor {Identity}\nparent {Parent}\ncommitter {Identity}\n\nm")]
    [TestCase($"tree {Tree}\ngpgsig {Folded}author {Identity}\ncommitter {Identity}\n\nm")]
    [TestCase($"{Head}parent {Other}\n\nm")]
    [TestCase($"{Head}tree {Tree}\n\nm")]
    [TestCase($"{Head}committer {Identity}\n\nm")]
    [TestCase($"tree {Tree}\nparent aaaa\nauthor {Identity}\ncommitter {Identity}\n\nm")]
    [TestCase($"{Head}x-note a\0b\n\nm")]
    [TestCase("tree 4B825DC642CB6EB9A060E54BF8D69288FBEE4904\nauthor a\ncommitter b\n\nm")]
    public void Parse_OfAnotherForm_Throws(string raw) => Should.Throw<FormatException>(() => Parse(raw));

    [Test]
    public void Parse_WhereParentsAreOfAnotherFormat_Throws() =>
        Should.Throw<FormatException>(() => Parse($"tree {Tree}\nparent {new string('a', 64)}\nauthor {Identity}\ncommitter {Identity}\n\nm"));

    [Test]
    public void Parse_OfEveryPrefix_NeverFailsOtherwise()
    {
        var raw = Encoding.ASCII.GetBytes(Head + "gpgsig " + Folded + "\nmessage\n");
        for (var length = 0; length < raw.Length; length++)
        {
            try
            {
                CommitObject.Parse(raw.AsMemory(0, length)).ReadSignature().Payload.Length.ShouldBeLessThanOrEqualTo(length);
            }
            catch (FormatException)
            {
                length.ShouldBeLessThan(raw.Length - "\nmessage\n".Length);
            }
        }
    }

    private static CommitObject Parse(string raw) => CommitObject.Parse(Encoding.UTF8.GetBytes(raw));

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
