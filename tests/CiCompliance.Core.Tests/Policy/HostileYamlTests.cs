using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.Policy;

namespace CiCompliance.Core.Tests.Policy;

public sealed class HostileYamlTests
{
    [TestCase("a: &x 1\n", "an anchor (&name)")]
    [TestCase("a: *x\n", "an alias (*name)")]
    [TestCase("a: !!str 1\n", "a tag (!name)")]
    [TestCase("a: !python/object:os.system x\n", "a tag (!name)")]
    [TestCase("%YAML 1.1\n---\na: 1\n", "a directive (%YAML, %TAG)")]
    [TestCase("a: 1\n---\nb: 2\n", "a second document")]
    [TestCase("<<: { a: 1 }\n", "a merge key (<<)")]
    [TestCase("[a, b]: 1\n", "a key that is no plain word")]
    [TestCase("a: { b: { c: { d: { e: { f: { g: { h: 1 } } } } } } }\n", "more than 8 levels")]
    public void TryRead_WhenYamlIsMoreThanAPolicyNeeds_Refuses(string yaml, string what)
    {
        var finding = PolicyFixture.Problem(yaml);

        finding.Diagnostic.ShouldBe(PolicyDiagnostics.RefusedYaml);
        finding.What.En.ShouldBe("a policy must not use " + what);
    }

    [Test]
    public void TryRead_WhenAliasesWouldExpandToBillions_RefusesTheFirst()
    {
        var bomb = new StringBuilder("a: &a [x, x, x, x, x, x, x, x, x]\n");
        for (var c = 'b'; c <= 'i'; c++)
        {
            bomb.Append(c).Append(": &").Append(c).Append(" [").AppendJoin(", ", Enumerable.Repeat("*" + (char)(c - 1), 9)).Append("]\n");
        }

        PolicyFixture.Problem(bomb.ToString()).Origin.ShouldBe("compliance.yml(1,4)");
    }

    [TestCase('[')]
    [TestCase('{')]
    [TestCase('-')]
    public void TryRead_WhenNestingIsDeep_Refuses(char open)
    {
        var text = open == '-' ? string.Concat(Enumerable.Repeat("- ", 100_000)) : new string(open, 200_000);

        PolicyFixture.Problem(text).Diagnostic.Code.ShouldBeOneOf("CIC5002", "CIC5003");
    }

    [Test]
    public void TryRead_WhenThereAreTooManyValues_Refuses() =>
        PolicyFixture.Problem("stages: [" + string.Join(",", Enumerable.Repeat("a", 5000)) + "]").Diagnostic.ShouldBe(PolicyDiagnostics.RefusedYaml);

    [Test]
    public void TryRead_WhenFileIsTooLarge_Refuses() =>
        PolicyFixture.Problems([.. Encoding.UTF8.GetBytes(PolicyFixture.Minimal), .. new byte[256 << 10]]).ShouldHaveSingleItem()
            .Diagnostic.ShouldBe(PolicyDiagnostics.NotText);

    [Test]
    public void TryRead_WhenFileIsUtf16_Refuses() =>
        PolicyFixture.Problems([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(PolicyFixture.Minimal)]).ShouldHaveSingleItem()
            .Diagnostic.ShouldBe(PolicyDiagnostics.NotText);

    [TestCase('\u202E')]
    [TestCase('\u200B')]
    [TestCase('\u2028')]
    [TestCase('\0')]
    [TestCase('\u001B')]
    [TestCase('\u0085')]
    [TestCase('\uFEFF')]
    public void TryRead_WhenACommentHidesCharacters_Refuses(char hidden)
    {
        var finding = PolicyFixture.Problem(PolicyFixture.Minimal + "# refused" + hidden + "allowed\n");

        finding.Diagnostic.ShouldBe(PolicyDiagnostics.NotText);
        finding.Origin.ShouldBe("compliance.yml(5,10)");
    }

    [Test]
    public void TryRead_WhenALineIsIndentedWithATab_SaysSo() =>
        PolicyFixture.Problem("version: 1\ngo:\n\tprovider: aliyun\n").Format(Language.English)
            .ShouldBe("compliance.yml(3,1) : error CIC5002: the line is indented with a tab, which YAML does not allow. Indent with spaces");

    [TestCase("version: 1\nversion: 1\n")]
    [TestCase("version: 1\n\"version\": 2\n")]
    public void TryRead_WhenAKeyStandsTwice_NamesBothLines(string yaml)
    {
        var finding = PolicyFixture.Problems(yaml).Single(finding => finding.Diagnostic == PolicyDiagnostics.DuplicateKey);

        finding.Origin.ShouldBe("compliance.yml(2,1)");
        finding.What.En.ShouldBe("'version' already stands in line 1");
    }

    [TestCase("")]
    [TestCase("# only a comment\n")]
    public void TryRead_WhenFileIsEmpty_SaysSo(string yaml) => PolicyFixture.Problem(yaml).Diagnostic.ShouldBe(PolicyDiagnostics.MissingKey);

    [TestCase("- version\n")]
    [TestCase("version\n")]
    public void TryRead_WhenRootIsNoMapping_SaysSo(string yaml) => PolicyFixture.Problem(yaml).Diagnostic.ShouldBe(PolicyDiagnostics.WrongValue);

    [TestCase("a: [1, 2\nb: 3\n")]
    [TestCase("a: 'x\n")]
    [TestCase("a: b: c\n")]
    [TestCase("a: 1\n b: 2\n")]
    [TestCase("a: @x\n")]
    public void TryRead_WhenSyntaxIsBroken_GivesThePlace(string yaml)
    {
        var finding = PolicyFixture.Problem(yaml);

        finding.Diagnostic.ShouldBe(PolicyDiagnostics.NotYaml);
        finding.Origin.ShouldMatch(@"^compliance\.yml\([1-9]\d*,[1-9]\d*\)$");
    }

    [Test]
    public void TryRead_WhenTextIsCutAnywhere_NeverThrows()
    {
        var text = PolicyTemplate.Text("github.com/acme/app", []);
        for (var length = 0; length < text.Length; length++)
        {
            Should.NotThrow(() => PolicyReader.TryRead(Encoding.UTF8.GetBytes(text[..length]), "compliance.yml", out _));
        }
    }

    [Test]
    public void TryRead_WhenAByteIsFlipped_NeverThrows()
    {
        var original = Encoding.UTF8.GetBytes(PolicyFixture.Minimal + "build:\n  packages: [./a, './b', \"./c\"]\nbinary: # x\n  needed: |\n    a\n");
        for (var i = 0; i < original.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var damaged = original.ToArray();
                damaged[i] ^= (byte)(1 << bit);
                Should.NotThrow(() => PolicyFixture.Problems(damaged));
            }
        }
    }

    [Test]
    public void TryRead_WhenTextIsArbitrary_NeverThrows()
    {
        const string Alphabet = "[]{},:-?#'\"|>&*!%@` \n\tab0<~";
#pragma warning disable CA5394 // the test needs a sequence that repeats
        var random = new Random(20261122);
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 24)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            Should.NotThrow(() => PolicyReader.TryRead(Encoding.UTF8.GetBytes(text), "compliance.yml", out _), text);
        }
#pragma warning restore CA5394
    }
}
