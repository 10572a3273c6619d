using System.Security.Cryptography;
using System.Text.Json;
using CiCompliance.Keys;

namespace CiCompliance.Core.Tests.Keys;

public sealed class TrustStoreTests
{
    private static readonly TrustedKey Key = new(IdOf([1]), "k", KeyRole.EvidenceP256, KeyAlgorithm.EcdsaP256, [1], []);

    [Test]
    public void Parse_WhenEveryKeyIsItself_Reads() => Parse(Key, Key with { Id = IdOf([2]), PublicKey = [2] }).Keys.Count.ShouldBe(2);

    [Test]
    public void Parse_WhenAKeyHasTwoRoles_Refuses() => Should.Throw<JsonException>(() => Parse(Key, Key with { Role = KeyRole.Log }));

    [Test]
    public void Parse_WhenARevokedKeyStandsAgainUnderAnotherId_Refuses() => Should.Throw<JsonException>(() =>
        Parse(Key with { Revocation = new(RevocationReason.Compromised, DateTimeOffset.UnixEpoch) }, Key with { Id = new string('f', 64) }));

    [TestCase(KeyRole.Publisher, "git.example.cn/team", "git.example.cn/team", true)]
    [TestCase(KeyRole.Publisher, "git.example.cn/team", "git.example.cn/team/lib", true)]
    [TestCase(KeyRole.Publisher, "git.example.cn/team", "git.example.cn/teamwork", false)]
    [TestCase(KeyRole.Publisher, null, "git.example.cn/team", false)]
    [TestCase(KeyRole.GoproxyExport, "git.example.cn/team", "git.example.cn/team/lib", true)]
    [TestCase(KeyRole.GoproxyExport, "git.example.cn/team", "git.example.cn/teamwork", false)]
    [TestCase(KeyRole.GoproxyExport, "", "git.example.cn/team", false)]
    [TestCase(KeyRole.GoproxyExport, null, "git.example.cn/team", true)]
    [TestCase(KeyRole.Committer, "github.com/acme/app", "github.com/acme/app/sub", false)]
    [TestCase(KeyRole.Committer, null, "github.com/acme/app", true)]
    public void Covers_IsOfWholePathElementsWhereModulesAreMeant(KeyRole role, string? named, string path, bool covers) =>
        (Key with { Role = role, Repositories = named is null ? [] : [named] }).Covers(path).ShouldBe(covers);

    private static TrustStore Parse(params TrustedKey[] keys) => TrustStore.Parse(new TrustStore(TrustStore.CurrentVersion, keys).ToJson());

    private static string IdOf(byte[] key) => Convert.ToHexStringLower(SHA256.HashData(key));
}
