using CiCompliance.Keys;
using CiCompliance.Pipeline;
using CiCompliance.Policy;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Tool.Commands;

/// <summary>Looks at a log from outside. What it saw last stays where a log forked: the alarm comes again until somebody has looked.</summary>
internal sealed class LogMonitorCommand(IComposition parts) : ICommand
{
    public async Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var target = context.Arguments.Operands[0];
        target = target.Contains("://", StringComparison.Ordinal) ? target : context.Host.PathOf(target);
        var seenFile = context.Host.PathOf(context.Arguments.Required(OptionTable.Seen));
        var seen = ReadSeen(seenFile);
        var unproven = seenFile + ".unproven";
        var observation = await parts.Logs.ObserveAsync(
            target, Api(context.Arguments), KeyOf(context), seen, shown => Write(unproven, shown.ToBytes()), cancellationToken);
        if (observation.Fork is { } fork)
        {
            return Alarm(context, observation, fork, seenFile);
        }

        Write(seenFile, observation.Shown.ToBytes());
        File.Delete(unproven);
        var (origin, size) = (observation.Shown.Origin, observation.Shown.Size);
        return new Answer(0, [], observation.Seen is { } last
            ? new($"{origin}: {size} entries begin with the {last.Size} seen before\n", $"{origin}:{size} 条以此前所见的 {last.Size} 条为前缀\n")
            : new($"{origin}: {size} entries, seen for the first time\n", $"{origin}:{size} 条,首次查看\n"))
        {
            Verdict = observation.Seen is null ? Verdict.NotApplicable : Verdict.Pass,
            Files = [seenFile],
        };
    }

    private static Answer Alarm(CommandContext context, LogObservation observation, LocalizedText fork, string seenFile)
    {
        var proof = $"{seenFile}.fork-{context.Host.Clock.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}";
        string[] files = [proof + ".seen", proof + ".shown"];
        Write(files[0], observation.Seen!.ToBytes());
        Write(files[1], observation.Shown.ToBytes());
        var finding = new Finding(WitnessDiagnostics.Forked, observation.Shown.Origin, fork,
            new($"Keep {files[0]} and {files[1]}: both are signed by the log's key, and prove it to anybody; rely on nothing of this log until its operator has explained it",
                $"请保留 {files[0]} 与 {files[1]}:二者均由日志密钥签名,可向任何人证明;在运营方作出解释前请勿依赖此日志"));
        context.Reporter.Show(finding);
        return new Answer(ExitCode.From(Verdict.Fail), [finding], new("", "")) { Verdict = Verdict.Fail, Files = files };
    }

    /// <summary>The one key of a log in the trust store that counts now, by name where there are several.</summary>
    internal static TrustedKey KeyOf(CommandContext context)
    {
        var file = context.Host.PathOf(context.Arguments.Required(OptionTable.Trust));
        var trust = PolicySource.ParseTrust(OutsideFile.ReadAnywhere(file, OptionTable.Trust.Long, TrustStore.MaxBytes), file);
        var name = context.Arguments.Value(OptionTable.Name);
        var keys = trust.Keys.Where(key => key.Role == KeyRole.Log && key.Revocation is null && key.IsValidAt(context.Host.Clock.GetUtcNow()) && (name is null || key.Name == name || key.Name.Split(" - ", 2)[0] == name)).ToList();
        return keys is [var only] ? only : throw new CiComplianceException(LogDiagnostics.NoTrustedLog, file,
            new($"the trust store has {keys.Count} keys for this log", $"信任库中此日志的公钥有 {keys.Count} 个"),
            new("Add the log's key with cicompliance trust import --role log, or say with --name which of them it is",
                "请用 cicompliance trust import --role log 添加日志公钥,或用 --name 指明"));
    }

    private static LogApi Api(Arguments arguments) => arguments.Value(OptionTable.Api) switch
    {
        null or "v1" => LogApi.V1,
        "v2" => LogApi.V2,
        _ => throw new CiComplianceException(ToolDiagnostics.OptionValue, OptionTable.Api.Long, new("it is not v1 or v2", "不是 v1 或 v2"), new("Write --api v2", "请写成 --api v2")),
    };

    /// <summary>Null only where there is no such file: one that can't be read must not be taken for a log that was never seen.</summary>
    private static byte[]? ReadSeen(string path)
    {
        try
        {
            return OutsideFile.Read(path, Checkpoint.MaxBytes);
        }
        catch (FileNotFoundException e)
        {
            // A link whose target is away, on a disk that is not mounted for example, is no first look.
            return new FileInfo(path).LinkTarget is null ? null : throw OutsideFile.Unreadable(path, OptionTable.Seen.Long, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutsideFile.Unreadable(path, OptionTable.Seen.Long, e);
        }
    }

    /// <summary>Whole or not at all.</summary>
    private static void Write(string path, byte[] content)
    {
        var temporary = path + ".new";
        try
        {
            File.WriteAllBytes(temporary, content);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CiComplianceException(WitnessDiagnostics.NotKept, path, new($"it cannot be written ({e.Message})", $"无法写入({e.Message})"),
                new("Name a file in a folder of your own", "请指定自有目录中的文件"), e);
        }
    }
}
