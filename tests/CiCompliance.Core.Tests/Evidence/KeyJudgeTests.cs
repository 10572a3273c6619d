using CiCompliance.Evidence.Verification;
using CiCompliance.Keys;

namespace CiCompliance.Core.Tests.Evidence;

public sealed class KeyJudgeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
    private static readonly TrustedKey Key = new("id", "k", KeyRole.EvidenceSm2, KeyAlgorithm.Sm2, [1], [], Now.AddYears(-2), Now.AddYears(1));

    [TestCase(true, null, true)]
    [TestCase(true, RevocationReason.Retired, true)]
    [TestCase(true, RevocationReason.Compromised, false)]
    [TestCase(true, RevocationReason.Unspecified, false)]
    [TestCase(false, null, false)]
    public void ProvedTime_OfALog_CountsOnlyWhileNobodyElseCouldWriteIt(bool independent, RevocationReason? reason, bool counts)
    {
        var log = Key with { Role = KeyRole.Log, Independent = independent, Revocation = reason is { } given ? new(given, Now) : null };
        KeyJudge.ProvedTime(log, Now.AddDays(-9)).ShouldBe(counts ? Now.AddDays(-9) : null);
    }

    [Test]
    public void Judge_WhenValidNow_Counts() => KeyJudge.Judge(Key, null, Now).ShouldBeNull();

    [Test]
    public void Judge_WhenExpiredAndNobodyProvesTheTime_IsUndecided() =>
        Code(Key with { ValidUntil = Now.AddDays(-1) }, null).ShouldBe("CIC2235");

    [Test]
    public void Judge_WhenExpiredButProvedEarlier_Counts() =>
        KeyJudge.Judge(Key with { ValidUntil = Now.AddDays(-1) }, Now.AddDays(-2), Now).ShouldBeNull();

    [Test]
    public void Judge_WhenProvedTimeIsAfterTheWindow_IsRefused() =>
        Code(Key with { ValidUntil = Now.AddDays(-3) }, Now.AddDays(-2)).ShouldBe("CIC2227");

    [Test]
    public void Judge_WhenNotValidYet_IsRefused() => Code(Key with { ValidFrom = Now.AddDays(1) }, null).ShouldBe("CIC2227");

    [Test]
    public void Judge_WhenCompromisedAndNothingProvesEarlier_IsRefused() =>
        Code(Revoked(RevocationReason.Compromised, Now.AddDays(-1)), null).ShouldBe("CIC2228");

    [Test]
    public void Judge_WhenCompromisedLaterThanProved_Counts() =>
        KeyJudge.Judge(Revoked(RevocationReason.Compromised, Now.AddDays(-1)), Now.AddDays(-2), Now).ShouldBeNull();

    [Test]
    public void Judge_WhenCompromisedAtTheProvedTime_IsRefused() =>
        Code(Revoked(RevocationReason.Compromised, Now.AddDays(-1)), Now.AddDays(-1)).ShouldBe("CIC2228");

    [Test]
    public void Judge_WhenRetiredAndNothingProvesEarlier_IsUndecided() =>
        Code(Revoked(RevocationReason.Retired, Now.AddDays(-1)), null).ShouldBe("CIC2235");

    [Test]
    public void Judge_WhenUsedAfterItWasRetired_IsRefused() =>
        Code(Revoked(RevocationReason.Retired, Now.AddDays(-2)), Now.AddDays(-1)).ShouldBe("CIC2228");

    private static TrustedKey Revoked(RevocationReason reason, DateTimeOffset at) => Key with { Revocation = new(reason, at) };

    private static string? Code(TrustedKey key, DateTimeOffset? proved) => KeyJudge.Judge(key, proved, Now)?.Diagnostic.Code;
}
