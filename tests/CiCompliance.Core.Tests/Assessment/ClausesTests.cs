using System.Text.RegularExpressions;
using CiCompliance.Assessment;
using CiCompliance.Diagnostics;
using CiCompliance.Pipeline;
using CiCompliance.Policy;

namespace CiCompliance.Core.Tests.Assessment;

/// <summary>The wording rules: evidence supports clauses; an assessor judges.</summary>
public sealed partial class ClausesTests
{
    [Test]
    public void All_WhenListed_HasUniqueIdsThatOscalTakes()
    {
        Clauses.All.Select(clause => clause.Id).ShouldBeUnique();
        Clauses.All.ShouldAllBe(clause => OscalToken().IsMatch(clause.Id));
    }

    [Test]
    public void All_WhenListed_NamesOnlyStagesAndFactsThatExist()
    {
        var known = StageCatalog.Assessed.Concat([RunFacts.Actor, RunFacts.Times, RunFacts.LogKept, RunFacts.TrustedTime, RunFacts.HardwareKeys, RunFacts.Retention]).ToList();

        Clauses.All.SelectMany(clause => clause.Needs).Except(known).ShouldBeEmpty();
        AssessedItem.All.SelectMany(item => item.Stages).Except(StageCatalog.Assessed).ShouldBeEmpty();
    }

    [Test]
    public void All_WhenListed_SaysWhatStaysOpenUnlessThePipelineShowsItAll() =>
        Clauses.All.Where(clause => clause.Open is null).ShouldAllBe(clause => clause.Automation == Automation.Pipeline && clause.Needs.Count > 0);

    [Test]
    public void Items_WhenListed_AreTheThreeAndTheirClausesExist()
    {
        AssessedItem.All.Select(item => item.Title.Zh).ShouldBe(["来源可信", "构建不可篡改", "交付完整"]);
        AssessedItem.All.SelectMany(item => item.Clauses).ShouldAllBe(id => Clauses.Find(id).Id == id);
    }

    [Test]
    public void TrustedVerification_WhenListed_IsOnlyAMay() => Clauses.Find("gbt22239-8.1.4.6").Obligation.ShouldBe(Obligation.May);

    [Test]
    public void Gbt43698_WhenListed_HasNoNumber() => Clauses.All.Where(clause => clause.Standard == "GB/T 43698-2024").ShouldAllBe(clause => clause.Number.Length == 0);

    [Test]
    public void Level4_WhenListed_IsNotClaimed() => Clauses.All.ShouldAllBe(clause => !clause.Number.StartsWith("9.", StringComparison.Ordinal));

    [Test]
    public void Texts_WhenRead_ClaimNothing()
    {
        var texts = Clauses.All.SelectMany(clause => new[] { clause.Title, clause.Paraphrase, clause.Open ?? clause.Title })
            .Concat(AssessedItem.All.SelectMany(item => new[] { item.Title, item.Question, item.Caveat }))
            .Concat(AssessmentBuilder.Build(RunFixture.Demonstration).Gaps.Select(gap => new LocalizedText(gap.En, gap.Zh)))
            .ToList();

        texts.ShouldAllBe(text => text.En.Length > 0 && text.Zh.Length > 0);
        texts.ShouldAllBe(text => !Claim().IsMatch(text.En) && !Claim().IsMatch(text.Zh));
        texts.ShouldAllBe(text => !HalfWidth().IsMatch(text.Zh), "Chinese takes full-width punctuation");
    }

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_.-]*$")]
    private static partial Regex OscalToken();

    [GeneratedRegex("compl(y|ies) with|passes 等保|is certified|通过等保|符合等保|满足等保", RegexOptions.IgnoreCase)]
    private static partial Regex Claim();

    [GeneratedRegex("[\u4e00-\u9fff][,;:?!(]|[,;?!][\u4e00-\u9fff]")]
    private static partial Regex HalfWidth();
}
