using System.Globalization;
using CiCompliance.Go;
using CiCompliance.GoProxy.Publishers;
using CiCompliance.Keys;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.ModuleSigning;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>Signs a module version for <c>serve goproxy</c>: a publisher's word that this zip and this go.mod are that version.</summary>
internal sealed class SignModuleCommand(IComposition parts) : ICommand
{
    private const int FingerprintLength = 40;

    public async Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var arguments = context.Arguments;
        var module = Module(arguments.Operands[0]);
        var keys = new KeyOptions(arguments, context.Host);
        var fingerprint = arguments.Value(OptionTable.OpenPgp) is { } value ? Fingerprint(value) : null;
        Require(keys.Publisher is not null || fingerprint is not null, OptionTable.PublisherKey, OptionTable.OpenPgp);
        var (folder, log) = (context.PathOf(OptionTable.Signatures), arguments.Value(OptionTable.Log));
        Require(folder is not null || log is not null, OptionTable.Signatures, OptionTable.Log);
        var logKey = log is null ? null : LogMonitorCommand.KeyOf(context);
        var signing = parts.ModuleSigning;
        var statement = Files(context, module).Read(module, signing.Digests, cancellationToken);
        var file = folder is null ? null : new SignatureFile(folder, statement);
        var all = file?.Read();

        // gpg first: no key is open while a child runs.
        var made = new List<Made>();
        if (fingerprint is not null)
        {
            var (key, signature) = await new OpenPgpProgram(signing, context.Host.WorkingDirectory).SignAsync(statement, fingerprint, context.Host.Clock.GetUtcNow(), cancellationToken);
            made.Add(new(signature, key.Algorithm, key.Name, key.PublicKey));
        }

        if (keys.Publisher is { } reference)
        {
            using var signer = signing.OpenKey(reference);
            made.Add(new(new(signer.KeyId, signer.Sign(statement.SignedBytes)), signer.Algorithm, "", signer.PublicKey));
        }

        long? index = log is null ? null : await LogAsync(signing, log, logKey!, statement, made, cancellationToken);
        file?.Write(made.Aggregate(all!, (signatures, one) => signatures.With(one.Signature)));
        return Answer(statement, made, all, index, file?.Path);
    }

    /// <exception cref="CiComplianceException">None of the keys is of a kind that Rekor takes (CIC0003), or the log's own reasons (CIC41nn).</exception>
    private static async Task<long> LogAsync(
        ModuleSigningParts signing, string log, TrustedKey logKey, ModuleStatement statement, List<Made> made, CancellationToken cancellationToken)
    {
        var one = made.FirstOrDefault(one => one.Algorithm is KeyAlgorithm.EcdsaP256 or KeyAlgorithm.Ed25519)
            ?? throw new CiComplianceException(ToolDiagnostics.CommandLine, OptionTable.Log.Long,
                new("Rekor takes signatures by P-256 and Ed25519 keys only", "Rekor 仅接受 P-256 与 Ed25519 密钥的签名"),
                new($"Give such a {OptionTable.PublisherKey.Long}, or keep the signature with {OptionTable.Signatures.Long} alone", $"请给出此类 {OptionTable.PublisherKey.Long},或仅用 {OptionTable.Signatures.Long} 保存签名"));
        return await signing.LogAsync(log, logKey, statement, one.Signature, one.PublicKey, cancellationToken);
    }

    private static Answer Answer(ModuleStatement statement, List<Made> made, ModuleSignatures? before, long? index, string? path)
    {
        var rows = made.Select(one => new KeyRow(one.Signature.KeyId, one.Name, "publisher", TrustImportCommand.WordOf(one.Algorithm),
            before?.Signatures.Any(known => known.KeyId == one.Signature.KeyId) == true ? "updated" : "added", [])).ToList();
        var lines = string.Concat(rows.Select(row => $"{row.Change,-10}{row.Algorithm,-12}{row.Id}  {SafeText.Line(row.Name)}".TrimEnd() + "\n"));
        var place = path is null ? "" : SafeText.Line(path) + "\n";
        var number = index?.ToString(CultureInfo.InvariantCulture);
        return new Answer(0, [], new(
            $"{statement.Module}\n  {statement.ZipHash}\n  {statement.GoModHash} /go.mod\n{lines}{(number is null ? "" : $"log entry {number}\n")}{place}",
            $"{statement.Module}\n  {statement.ZipHash}\n  {statement.GoModHash} /go.mod\n{lines}{(number is null ? "" : $"日志条目 {number}\n")}{place}"))
        {
            Keys = rows,
            Files = path is null ? [] : [path],
        };
    }

    private static ModuleFiles Files(CommandContext context, ModuleVersion module)
    {
        var (zip, cache) = (context.PathOf(OptionTable.Zip), context.PathOf(OptionTable.SignedModuleCache));
        Require(zip is not null || cache is not null, OptionTable.Zip, OptionTable.SignedModuleCache);
        return zip is null ? ModuleFiles.InCache(cache!, module)
            : cache is null ? new(zip, context.PathOf(OptionTable.GoMod))
            : throw new CiComplianceException(ToolDiagnostics.CommandLine, "cicompliance",
                new($"{OptionTable.Zip.Long} and {OptionTable.SignedModuleCache.Long} may be two different contents", $"{OptionTable.Zip.Long} 与 {OptionTable.SignedModuleCache.Long} 可能是两份不同内容"), new("Give one of them", "请只给出其一"));
    }

    private static ModuleVersion Module(string text) =>
        text.Split('@') is [var path, var version] && ModulePath.IsPath(path) && ModulePath.IsVersion(version)
            ? new(path, version)
            : throw new CiComplianceException(ToolDiagnostics.OptionValue, "MODULE@VERSION",
                new("it names no version of a module", "不是模块版本"), new("Write it like git.example.cn/team/lib@v1.2.3", "请写成 git.example.cn/team/lib@v1.2.3 的形式"));

    private static string Fingerprint(string text) => text.Length == FingerprintLength && text.All(char.IsAsciiHexDigit)
        ? text
        : throw new CiComplianceException(ToolDiagnostics.OptionValue, OptionTable.OpenPgp.Long,
            new("it is no fingerprint: 40 hexadecimal digits without spaces", "不是指纹:40 位十六进制数,不含空格"), new("See gpg --fingerprint", "请参阅 gpg --fingerprint"));

    private static void Require(bool holds, OptionDefinition one, OptionDefinition other)
    {
        if (!holds)
        {
            throw new CiComplianceException(ToolDiagnostics.CommandLine, "cicompliance",
                new($"sign-module needs {one.Long} or {other.Long}", $"sign-module 需要 {one.Long} 或 {other.Long}"),
                new($"Add {one.Long} {one.ValueName} or {other.Long} {other.ValueName}", $"请添加 {one.Long} {one.ValueName} 或 {other.Long} {other.ValueName}"));
        }
    }

    private sealed record Made(ModuleSignature Signature, KeyAlgorithm Algorithm, string Name, byte[] PublicKey);
}
