namespace CiCompliance.Source;

/// <summary>What to do about a refused commit or tag.</summary>
public static class SourceFixes
{
    /// <param name="diagnostic">Of <see cref="SourceDiagnostics"/>.</param>
    /// <returns>One sentence.</returns>
    public static LocalizedText For(Diagnostic diagnostic) => diagnostic.Code switch
    {
        "CIC1001" => new("Sign it: git rebase --exec 'git commit --amend --no-edit -S' BASE (a tag: git tag -s -f NAME)",
            "请签名:git rebase --exec 'git commit --amend --no-edit -S' BASE(标签:git tag -s -f NAME)"),
        "CIC1002" => new("Make sure whose key it is, then add it with cicompliance trust import KEYRING --role committer",
            "请先核实密钥归属,再用 cicompliance trust import KEYRING --role committer 导入"),
        "CIC1004" => new("Sign again with a key that is valid, or correct its window in the trust store", "请用有效密钥重新签名,或更正信任库中的有效期"),
        "CIC1005" => new("Sign once, with OpenPGP, with a plain SSH key, or with SM2 through cicompliance git-sign", "请只签名一次:使用 OpenPGP、普通 SSH 密钥,或通过 cicompliance git-sign 使用 SM2"),
        "CIC1006" => new("Sign again with SM2, Ed25519, P-256 or RSA of 3072 bits", "请改用 SM2、Ed25519、P-256 或 3072 位 RSA 重新签名"),
        "CIC1029" or "CIC1030" => new("Let those sign it whom the rule names; cicompliance trust explain COMMIT shows the rules", "请由规则所列人员签名;cicompliance trust explain COMMIT 可显示各条规则"),
        "CIC1031" => new("Sign with the key of the committer named, or commit under the signer's own address", "请用所列提交者本人的密钥签名,或以签名者本人的邮箱提交"),
        "CIC1032" => new("Sign it with a person's key, or say in the policy what the forge may sign (source.forge)", "请用个人密钥签名,或在策略中说明平台可签名的范围(source.forge)"),
        "CIC1033" => new("Name the branch: --branch NAME", "请指明分支:--branch NAME"),
        "CIC1007" => new("Find out why the key was revoked, then sign again with another", "请查明吊销原因,并用其他密钥重新签名"),
        _ => new("Do not build it; ask the signer to look at it and sign again", "请勿构建;请签名者检查并重新签名"),
    };
}
