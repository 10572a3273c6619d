using System.Text;
using System.Text.Json;
using CiCompliance.GoProxy.Publishers;

namespace CiCompliance.Core.Tests.GoProxy.Publishers;

public sealed class ModuleSignaturesTests
{
    private static readonly string KeyA = new('a', 64);
    private static readonly string KeyB = new('b', 40);

    private static ModuleSignatures Two => ModuleSignatures.Over(Modules.Statement, [new(KeyB, [2]), new(KeyA, [1])]);

    [Test]
    public void ToJson_OfSeveral_IsReadBackAndDoesNotDependOnTheirOrder()
    {
        var json = Two.ToJson();

        var read = ModuleSignatures.Parse(json);
        read.IsOver(Modules.Statement).ShouldBeTrue();
        read.Signatures.Select(signature => (signature.KeyId, signature.Signature[0])).ShouldBe([(KeyA, (byte)1), (KeyB, (byte)2)]);
        ModuleSignatures.Over(Modules.Statement, [new(KeyA, [1]), new(KeyB, [2])]).ToJson().ShouldBe(json);
    }

    [Test]
    public void With_AKeyThatSignedBefore_ReplacesItsSignature() =>
        Two.With(new(KeyA, [9])).Signatures.Select(signature => signature.Signature[0]).ShouldBe([(byte)2, (byte)9]);

    [Test]
    public void PathOf_WithCapitals_IsEscapedAsInProxies() =>
        ModuleSignatures.PathOf(new("git.example.cn/Team/lib", "v1.0.0-RC1")).ShouldBe("git.example.cn/!team/lib/@v/v1.0.0-!r!c1.dsse.json");

    [Test]
    public void Parse_WhenSixteenSign_ReadsThem_AndOfSeventeenNone()
    {
        ModuleSignatures Of(int count) => ModuleSignatures.Over(Modules.Statement, [.. Enumerable.Range(0, count).Select(i => new ModuleSignature(i.ToString("x64", null), [1]))]);

        ModuleSignatures.Parse(Of(16).ToJson()).Signatures.Count.ShouldBe(16);
        Should.Throw<JsonException>(() => ModuleSignatures.Parse(Of(17).ToJson())).Message.ShouldContain("17");
        Should.Throw<JsonException>(() => ModuleSignatures.Parse(Of(0).ToJson()));
    }

    [TestCase("\"sig\":\"AQ==\"", "\"sig\":\"AR==\"", Description = "stray bits")]
    [TestCase("\"sig\":\"AQ==\"", "\"sig\":\"\"")]
    [TestCase("\"sig\":\"AQ==\"", "\"sig\":null")]
    [TestCase("\"sig\":\"AQ==\"", "\"sig\":\"AQ==\",\"sig\":\"AQ==\"", Description = "a member twice")]
    [TestCase("\"sig\":\"AQ==\"", "\"sig\":\"AQ==\",\"cert\":\"x\"")]
    [TestCase("\"signatures\":[", "\"signatures\":[null,")]
    [TestCase("{\"payload\"", "{\"extra\":1,\"payload\"")]
    [TestCase("\"payloadType\":\"application/vnd.in-toto+json\",", "")]
    [TestCase("aaaa\"", "aaaA\"", Description = "a keyid in capitals")]
    [TestCase("bbbb\"", "bbb\"", Description = "a keyid of another length")]
    public void Parse_WhenAnythingIsWrittenOtherwise_Throws(string from, string to)
    {
        var json = Encoding.UTF8.GetString(Two.ToJson());
        json.ShouldContain(from);
        Should.Throw<JsonException>(() => ModuleSignatures.Parse(Encoding.UTF8.GetBytes(json.Replace(from, to, StringComparison.Ordinal))));
    }

    [Test]
    public void Parse_WhenAKeySignsTwice_Throws() =>
        Should.Throw<JsonException>(() => ModuleSignatures.Parse(ModuleSignatures.Over(Modules.Statement, [new(KeyA, [1]), new(KeyA, [2])]).ToJson())).Message.ShouldContain("twice");

    [Test]
    public void Parse_WhenItIsTooLarge_Throws() =>
        Should.Throw<JsonException>(() => ModuleSignatures.Parse([.. Two.ToJson(), .. Enumerable.Repeat((byte)' ', ModuleSignatures.MaxBytes)]));
}
