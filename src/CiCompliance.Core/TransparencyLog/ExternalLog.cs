using System.Text.Json;
using CiCompliance.Evidence;
using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Source;

namespace CiCompliance.TransparencyLog;

/// <summary>Opens the Rekor server that the policy, or the signing config that it names, says; with the one key that the trust store has for it.</summary>
internal static class ExternalLog
{
    private static readonly int[] Versions = [1, 2];

    public static ITransparencyLog Open(StageContext context, ISignatureVerifier verifier)
    {
        var (url, api) = Server(context);
        var key = KeyOf(context, url, api);
        return api == LogApi.V2
            ? new RekorV2Log(url, context.Policy.Log.Tiles, key, verifier, context.Clock)
            : new RekorLog(url, key, verifier, context.Clock);
    }

    private static (string Url, LogApi Api) Server(StageContext context) => context.Policy.Log switch
    {
        { SigningConfig: { Length: > 0 } config } => Configured(context, config),
        { Url: { Length: > 0 } url, Api: var api } => (url, api),
        _ => throw TransparencyLogFactory.NotConfigured("log.url", "an external log needs its address", "外部日志需要地址"),
    };

    private static TrustedKey KeyOf(StageContext context, string url, LogApi api)
    {
        var now = context.Clock.GetUtcNow();

        // Only P-256 keys sign the entry timestamps of version 1.
        var keys = context.Trust.With(KeyRole.Log, context.Policy.Repository)
            .Where(key => key.Revocation is null && key.IsValidAt(now))
            .Where(key => key.Algorithm == KeyAlgorithm.EcdsaP256 || (api == LogApi.V2 && key.Algorithm == KeyAlgorithm.Ed25519)).ToList();
        if (keys.Count > 1 && Uri.TryCreate(url, UriKind.Absolute, out var server))
        {
            keys = [.. keys.Where(key => key.Name.Split(" - ", 2)[0] == server.Host)];
        }

        var kinds = api == LogApi.V2 ? "P-256 or Ed25519" : "P-256";
        return keys is [var only]
            ? only
            : throw new CiComplianceException(LogDiagnostics.NoTrustedLog, url,
                new($"the trust store has {keys.Count} {kinds} keys for this log", $"信任库中此日志的 {kinds} 公钥有 {keys.Count} 个"),
                new("Add the log's key with cicompliance trust import --role log, named after its host", "请用 cicompliance trust import --role log 添加以其主机名命名的公钥"));
    }

    private static (string Url, LogApi Api) Configured(StageContext context, string given)
    {
        var path = Path.GetFullPath(given, context.Options.ProjectDirectory);
        try
        {
            var tree = RepositoryTree.RootOf(context.Options.ProjectDirectory);
            if (LinkTrail.Of(path).Any(step => LinkTrail.IsInside(step, tree)))
            {
                throw Refused(path, new("it lies in the tree under test, which must not say where evidence goes", "它位于被检代码树内,而代码树不得决定证据去向"));
            }

            var config = SigningConfig.Parse(Read(path));
            return SigningConfig.Select(config.Logs, config.LogChoice, Versions, context.Clock.GetUtcNow()) switch
            {
                [var only] when PolicyValues.IsServerUrl(only.Url) => (only.Url, only.Version == 2 ? LogApi.V2 : LogApi.V1),
                [_] => throw Refused(path, new("a log's address is not https", "某日志的地址不是 https")),
                var several => throw Refused(path, new($"it wants {several.Count} logs for a signature, and evidence is recorded in one", $"其要求每个签名写入 {several.Count} 个日志,而证据只写入一个")),
            };
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw Refused(path, e.Problem(), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, new($"it cannot be read ({e.Message})", $"无法读取({e.Message})"), e);
        }
    }

    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var content = new byte[SigningConfig.MaxBytes + 1];
        return content[..file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
    }

    private static CiComplianceException Refused(string path, LocalizedText what, Exception? cause = null) =>
        new(LogDiagnostics.SigningConfig, path, what,
            new("Give log.signing-config a Sigstore signing config v0.2 outside the repository, or write log.url and log.api instead",
                "请让 log.signing-config 指向仓库之外的 Sigstore signing config v0.2,或改写 log.url 与 log.api"), cause);
}
