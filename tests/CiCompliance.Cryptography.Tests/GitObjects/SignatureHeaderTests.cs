using System.Text;

namespace CiCompliance.Cryptography.Tests.GitObjects;

/// <summary>Objects with several signature headers, and with content that git writes only by its plumbing; git's verdict beside each.</summary>
public sealed class SignatureHeaderTests
{
    private const string Identity = "Zhang San <zhangsan@example.com> 1750000000 +0800\n";

    [TestCase("sha1", "gpgsig", "gpgsig-sha256")]
    [TestCase("sha256", "gpgsig-sha256", "gpgsig")]
    public void Verify_OfACommitWithBothHeaders_TakesThatOfItsFormat(string objectFormat, string own, string foreign)
    {
        using var git = new SshRepository(objectFormat);
        var head = Commit(git);
        var payload = Encoding.UTF8.GetBytes(head + "\nm\n");
        const string Other = "-----BEGIN SSH SIGNATURE-----\n AAAA\n -----END SSH SIGNATURE-----\n";
        foreach (var (isAccepted, code, compose) in new (bool, string?, Func<string, string>)[]
        {
            (true, null, armour => $"{head}{own} {armour}\nm\n"),
            (true, null, armour => $"{head}{own} {armour}{foreign} {Other}\nm\n"),
            (true, null, armour => $"{head}{foreign} {Other}{own} {armour}\nm\n"),
            (false, "CIC1005", armour => $"{head}{foreign} {armour}\nm\n"),
            (false, "CIC1003", armour => $"{head}{own} {Other}{foreign} {armour}\nm\n"),
            (false, "CIC1003", armour => $"{head}x-note a\n{own} {armour}{foreign} {Other}\nm\n"),

            // git leaves any header that begins so out of what it verifies: there one can write what nobody signed.
            (true, "CIC1005", armour => $"{head}gpgsignature x\n{own} {armour}\nm\n"),
            (true, "CIC1005", armour => $"{head}{foreign} x\n{own} {armour}{foreign} {Other}\nm\n"),
        })
        {
            var oid = git.WriteSigned("commit", payload, armour => Encoding.UTF8.GetBytes(compose(SshRepository.Fold(armour))));
            git.GitAccepts(oid).ShouldBe(isAccepted);
            git.Refusal(oid).ShouldBe(code);
        }
    }

    [TestCase("sha1", "gpgsig", "gpgsig-sha256")]
    [TestCase("sha256", "gpgsig-sha256", "gpgsig")]
    public void Verify_OfATagWithAHeaderForTheOtherFormat_TakesTheOneInItsBody(string objectFormat, string own, string foreign)
    {
        using var git = new SshRepository(objectFormat);
        var head = $"object {git.Repository.Commit("one", sign: true)}\ntype commit\ntag v1\ntagger {Identity}";
        var payload = Encoding.UTF8.GetBytes(head + "\nrelease\n");
        foreach (var (isAccepted, code, compose) in new (bool, string?, Func<string, string>)[]
        {
            (true, null, armour => $"{head}\nrelease\n{armour}"),
            (true, null, armour => $"{head}{foreign} {SshRepository.Fold(armour)}\nrelease\n{armour}"),
            (false, "CIC1003", armour => $"{head}{foreign} {SshRepository.Fold(armour)}\nreleased\n{armour}"),
            (false, "CIC1005", armour => $"{head}{foreign} {SshRepository.Fold(armour)}\nrelease\n"),

            // git leaves this one out, too; it has no place in a tag.
            (true, "CIC1005", armour => $"{head}{own} {SshRepository.Fold(armour)}\nrelease\n{armour}"),
        })
        {
            var oid = git.WriteSigned("tag", payload, armour => Encoding.UTF8.GetBytes(compose(armour)));
            git.GitAccepts(oid).ShouldBe(isAccepted);
            git.Refusal(oid).ShouldBe(code);
        }
    }

    [TestCase("NUL")]
    [TestCase("no UTF-8")]
    [TestCase("10 MB")]
    public void Verify_OfAnOddMessage_JudgesAllOfItsBytes(string kind)
    {
        using var git = new SshRepository();
        var head = Encoding.UTF8.GetBytes(Commit(git));
        byte[] message = kind switch
        {
            "NUL" => [.. "m\0after\n"u8],
            "no UTF-8" => [0xFF, 0xFE, 0xC0, (byte)'\n'],
            _ => [.. Enumerable.Repeat((byte)'x', 10_000_000)],
        };
        foreach (var isTampered in new[] { false, true })
        {
            byte[] end = [.. message, .. isTampered ? "!"u8 : []];
            var oid = git.WriteSigned("commit", [.. head, (byte)'\n', .. message],
                armour => [.. head, .. Encoding.ASCII.GetBytes("gpgsig " + SshRepository.Fold(armour)), (byte)'\n', .. end]);
            git.GitAccepts(oid).ShouldBe(!isTampered);
            git.Refusal(oid).ShouldBe(isTampered ? "CIC1003" : null);
        }
    }

    private static string Commit(SshRepository git) => $"tree {git.Repository.WriteObject("tree", [])}\nauthor {Identity}committer {Identity}";
}
