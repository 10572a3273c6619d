using CiCompliance.Go;

namespace CiCompliance.GoProxy.Publishers;

/// <summary>For the developer whose build it stops. The go command shows little of a refusal: each is short, whatever names are in it.</summary>
internal static class PublisherFindings
{
    private const int MaxOrigin = 160;
    private const int MaxSource = 60;
    private const int MaxDetail = 140;

    public static Finding Missing(ModuleVersion module, IReadOnlyList<string> sources) => new(GoProxyDiagnostics.MissingSignature, Origin(module),
        new($"no publisher's signature was found in {List(sources)}", $"在 {List(sources)} 中没有找到发布者签名"),
        new("Ask the module's publisher to sign this version: cicompliance sign-module", "请联系模块发布者为此版本签名:cicompliance sign-module"));

    public static Finding Invalid(ModuleVersion module, JudgedSignature signature) => new(GoProxyDiagnostics.InvalidSignature, Origin(module),
        new($"the signature in {Source(signature.Source)} does not hold: {Detail(signature.Detail.En)}", $"{Source(signature.Source)} 中的签名无效:{Detail(signature.Detail.Zh)}"),
        new("Don't use this version before its publisher has said which is right, the module or its signature", "在发布者确认模块与签名孰是孰非之前,请勿使用此版本"));

    public static Finding NotAllowed(ModuleVersion module, JudgedSignature signature) => new(GoProxyDiagnostics.KeyNotAllowed, Origin(module),
        new($"it is signed in {Source(signature.Source)}, and {Detail(signature.Detail.En)}", $"{Source(signature.Source)} 中有签名,但{Detail(signature.Detail.Zh)}"),
        new("Ask the publisher to sign it with a key that counts, or the keeper of the trust store to import that key (role publisher)",
            "请发布者改用有效密钥签名,或请信任库维护者导入该密钥(角色 publisher)"));

    public static Finding ServiceDown(ModuleVersion module, SilentSource source) => new(GoProxyDiagnostics.SignatureServiceDown, Origin(module),
        new($"{Source(source.Source)} gave no answer about its signature: {Detail(source.Why.En)}", $"{Source(source.Source)} 未答复其签名:{Detail(source.Why.Zh)}"),
        new("Try again later, and tell the operator of the proxy; nothing passes without that answer", "请稍后重试并告知代理运营者;没有答复一律不放行"));

    private static string Origin(ModuleVersion module) => Cut(module.ToString(), MaxOrigin);

    private static string Source(string name) => Cut(name, MaxSource);

    private static string Detail(string text) => Cut(text, MaxDetail);

    private static string Cut(string text, int maxBytes) => DeveloperText.Cut(SafeText.Line(text, maxBytes), maxBytes);

    private static string List(IReadOnlyList<string> sources) => sources.Count switch
    {
        0 => "-",
        1 => Source(sources[0]),
        var count => $"{Source(sources[0])} (+{count - 1})",
    };
}
