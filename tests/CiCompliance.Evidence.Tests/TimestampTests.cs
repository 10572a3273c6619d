using CiCompliance.Attestations;
using CiCompliance.Cryptography;
using CiCompliance.Pipeline;
using CiCompliance.Timestamping;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Evidence.Tests;

/// <summary>Runs whose policy names an authority or witnesses that are down, lie or are not trusted; and stamps that belong elsewhere.</summary>
public sealed class TimestampTests
{
    private readonly TimestampTokens tokens = new();
    private OpensslTsa tsa = null!;

    [SetUp]
    public void SetUp() => tsa = new OpensslTsa("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384");

    [TearDown]
    public void TearDown() => tsa.Dispose();

    [Test]
    public void Record_WhenTheAuthorityIsDown_IsUndecidedAndLogsNothing()
    {
        tsa.IsDown = true;
        using var forge = Forge(tsa.Trusted(KeyAlgorithm.EcdsaP384));

        ShouldEndWith(forge, "CIC4301").What.En.ShouldContain("time-stamping authority");
        using var log = LogStore.Open(forge.LogFolder, null, forge.Signatures, TimeProvider.System);
        log.Checkpoint.Size.ShouldBe(1);
    }

    [Test]
    public void Record_WhenTheAuthorityIsNotTrusted_IsUndecided()
    {
        using var other = new OpensslTsa("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384");
        using var forge = Forge(other.Trusted(KeyAlgorithm.EcdsaP384));

        ShouldEndWith(forge, "CIC4302");
    }

    [Test]
    public void Record_WhenTheAuthorityAnswersForSomethingElse_IsUndecided()
    {
        byte[]? first = null;
        tsa.Lie = _ => first;
        var request = tokens.Request([1, 2, 3]);
        first = Ask(request.Encoded);
        using var forge = Forge(tsa.Trusted(KeyAlgorithm.EcdsaP384));

        ShouldEndWith(forge, "CIC4302");
    }

    [Test]
    public void Record_WhenTheAnswerIsNoTimestamp_IsUndecided()
    {
        tsa.Lie = _ => "<html>"u8.ToArray();
        using var forge = Forge(tsa.Trusted(KeyAlgorithm.EcdsaP384));

        ShouldEndWith(forge, "CIC4302");
    }

    [Test]
    public void Record_WhenTheAnswerIsTooLarge_NamesTheAuthority()
    {
        tsa.Lie = _ => new byte[65 << 10];
        using var forge = Forge(tsa.Trusted(KeyAlgorithm.EcdsaP384));

        ShouldEndWith(forge, "CIC4302").What.En.ShouldContain("time-stamping authority");
    }

    [Test]
    public void Request_IsAnsweredOnlyByItsOwnNonce()
    {
        var (one, other) = (tokens.Request([1]), tokens.Request([1]));
        var answer = Ask(one.Encoded);

        one.IsAnsweredBy(answer).ShouldBeTrue();
        other.IsAnsweredBy(answer).ShouldBeFalse();
        one.IsAnsweredBy([.. answer, 0]).ShouldBeFalse();
        one.IsAnsweredBy([]).ShouldBeFalse();
    }

    [Test]
    public void Record_WhenTheWitnessIsDown_IsUndecided()
    {
        using var forge = new EvidenceForge($"{{ kind: persistent, path: LOG, witnesses: [\"http://127.0.0.1:9\"] }}", mayFail: true);

        ShouldEndWith(forge, "CIC4201");
    }

    private byte[] Ask(byte[] request)
    {
        using var http = new HttpClient();
        using var content = new ByteArrayContent(request) { Headers = { ContentType = new("application/timestamp-query") } };
        return http.PostAsync(new Uri(tsa.Url), content).Result.Content.ReadAsByteArrayAsync().Result;
    }

    private EvidenceForge Forge(TrustedKey authority) =>
        new($"{{ kind: persistent, path: LOG, timestamp-authority: \"{tsa.Url}\" }}", mayFail: true, more: [authority]);

    private static Finding ShouldEndWith(EvidenceForge forge, string code)
    {
        PipelineRunner.ExitCodeOf(forge.Results).ShouldBe(ExitCode.Undecided);
        var finding = forge.Results.Single(result => result.Stage == "record").Findings.ShouldHaveSingleItem();
        finding.Diagnostic.Code.ShouldBe(code);
        forge.Verify().Verdict.ShouldBe(Verdict.Fail);
        return finding;
    }
}
