using System.Security.Cryptography;
using CiCompliance.Source;

namespace CiCompliance.Core.Tests.Source;

public sealed class CommitGraphTests
{
    // More than two pieces, and more than the table of ids begins with.
    private const int Many = 20_000;

    [TestCase(GitObjectFormat.Sha1)]
    [TestCase(GitObjectFormat.Sha256)]
    public void NumberOf_OfManyIds_GivesEachItsOwnAgain(GitObjectFormat format)
    {
        var graph = new CommitGraph(format);
        var oids = Enumerable.Range(0, Many).Select(number => Oid(number, format)).ToList();
        oids.Select(graph.NumberOf).ShouldBe(Enumerable.Range(0, Many));
        oids.Select(graph.NumberOf).ShouldBe(Enumerable.Range(0, Many));
        Enumerable.Range(0, Many).Select(graph.OidOf).ShouldBe(oids);
        graph.Count.ShouldBe(Many);
    }

    [Test]
    public void NumberOf_OfIdsThatBeginAlike_TellsThemApart()
    {
        var graph = new CommitGraph(GitObjectFormat.Sha1);
        var oids = Enumerable.Range(0, Many).Select(number => new string('a', 32) + number.ToString("x8")).ToList();
        oids.Select(graph.NumberOf).ShouldBe(Enumerable.Range(0, Many));
        oids.Select(graph.NumberOf).ShouldBe(Enumerable.Range(0, Many));
    }

    [TestCase("")]
    [TestCase("0123456789012345678901234567890123456789012345678901234567890123")]
    [TestCase("012345678901234567890123456789012345678A")]
    public void NumberOf_OfAnotherFormat_IsRefused(string oid) =>
        Should.Throw<FormatException>(() => new CommitGraph(GitObjectFormat.Sha1).NumberOf(oid));

    [Test]
    public void ParentsOf_GivesWhatWasSet()
    {
        var graph = new CommitGraph(GitObjectFormat.Sha1);
        List<string> oids = [.. Enumerable.Range(0, 6).Select(number => Oid(number, GitObjectFormat.Sha1))];
        var numbers = oids.Select(graph.NumberOf).ToList();
        graph.SetParents(numbers[0], []);
        graph.SetParents(numbers[1], [oids[0]]);
        graph.SetParents(numbers[2], [oids[1], oids[0]]);
        graph.SetParents(numbers[3], [oids[2], oids[5], oids[4]]);
        graph.ParentsOf(numbers[3]).ShouldBeEmpty();
        numbers.ForEach(number => graph[number].IsRead = true);
        graph.ParentsOf(numbers[0]).ShouldBeEmpty();
        graph.ParentsOf(numbers[1]).ShouldBe([numbers[0]]);
        graph.ParentsOf(numbers[2]).ShouldBe([numbers[1], numbers[0]]);
        graph.ParentsOf(numbers[3]).ShouldBe([numbers[2], numbers[5], numbers[4]]);
    }

    [Test]
    public void Node_HoldsDateAndMarksApart()
    {
        var node = default(CommitGraph.Node);
        node.Via.ShouldBe(-1);
        (node.Date, node.IsRead, node.IsExcluded, node.Via) = (253_402_300_799, true, true, 7);
        (node.IsQueued, node.IsExcluded) = (true, false);
        (node.Date, node.IsRead, node.IsQueued, node.IsExcluded, node.Via).ShouldBe((253_402_300_799, true, true, false, 7));
        node.Date = 0;
        (node.Date, node.IsRead, node.IsQueued, node.IsExcluded).ShouldBe((0, true, true, false));
    }

    private static string Oid(int number, GitObjectFormat format) =>
        Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(number)).AsSpan(0, format.ByteLength));
}
