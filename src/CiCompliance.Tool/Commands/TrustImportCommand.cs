using System.Globalization;
using System.Text;
using CiCompliance.Go;
using CiCompliance.Keys;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>Adds public keys to a trust store. A key that is there already, in the same role, gets what this import says of it.</summary>
internal sealed class TrustImportCommand(IComposition parts) : ICommand
{
    /// <summary>As in trust.json.</summary>
    private static readonly Dictionary<KeyRole, string> RoleWords = new()
    {
        [KeyRole.Committer] = "committer",
        [KeyRole.EvidenceSm2] = "evidence-sm2",
        [KeyRole.EvidenceP256] = "evidence-p256",
        [KeyRole.Log] = "log",
        [KeyRole.Witness] = "witness",
        [KeyRole.Tsa] = "tsa",
        [KeyRole.Sumdb] = "sumdb",
        [KeyRole.Publisher] = "publisher",
        [KeyRole.GoproxyExport] = "goproxy-export",
    };

    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var arguments = context.Arguments;
        var path = context.Host.PathOf(arguments.Required(OptionTable.Trust));
        var store = File.Exists(path) ? PolicySource.ParseTrust(ReadFile(path), path) : new TrustStore(TrustStore.CurrentVersion, []);
        var rows = new List<KeyRow>();
        foreach (var key in Imported(context, RoleOf(arguments.Required(OptionTable.Role))))
        {
            var before = store.Keys.FirstOrDefault(known => known.Id == key.Id && known.Role == key.Role);
            CheckConflict(store, key);
            var after = before is null ? key : Renew(before, key, arguments);
            rows.Add(new KeyRow(key.Id, key.Name, RoleWords[key.Role], WordOf(key.Algorithm),
                before is null ? "added" : IsSame(before, after) ? "unchanged" : "updated", after.Identities ?? []));
            store = store with { Keys = [.. store.Keys.Where(known => known != before), after] };
        }

        var isDryRun = arguments.Flag(OptionTable.DryRun);
        if (!isDryRun && rows.Any(row => row.Change != "unchanged"))
        {
            Write(path, store);
        }

        var text = Text(rows, isDryRun ? null : path);
        return Task.FromResult(new Answer(0, [], new(text, text)) { Keys = rows, Files = isDryRun ? [] : [path] });
    }

    /// <summary>
    /// What was revoked stays revoked, and the forge's key the forge's: both hold a key back. What lets it count for more (independent, untouched) is
    /// said again or gone. Whose key it is was decided by whoever trusted it; a renewed file is its owner's word.
    /// </summary>
    private static TrustedKey Renew(TrustedKey before, TrustedKey key, Arguments arguments) => key with
    {
        Revocation = before.Revocation,
        Identities = arguments.Values(OptionTable.Identity).Count > 0 ? key.Identities : before.Identities ?? key.Identities,
        IsForge = key.IsForge || before.IsForge,
    };

    private IEnumerable<TrustedKey> Imported(CommandContext context, KeyRole role)
    {
        var arguments = context.Arguments;
        var (from, until) = (Time(arguments, OptionTable.ValidFrom), Time(arguments, OptionTable.ValidUntil));
        if (from > until)
        {
            throw new CiComplianceException(ToolDiagnostics.OptionValue, OptionTable.ValidUntil.Long,
                new("it lies before --valid-from", "早于 --valid-from"), new("Swap the two", "请对调两者"));
        }

        var identities = arguments.Values(OptionTable.Identity);
        if (role != KeyRole.Committer && (identities.Count > 0 || arguments.Flag(OptionTable.Forge) || arguments.Flag(OptionTable.NoTouchRequired)))
        {
            throw new CiComplianceException(ToolDiagnostics.CommandLine, "cicompliance",
                new("--identity, --forge and --no-touch-required are for committers", "--identity、--forge 和 --no-touch-required 仅用于提交者"), new("Leave them out", "请去掉这些选项"));
        }

        if (arguments.Flag(OptionTable.Independent) && role is not (KeyRole.Log or KeyRole.Tsa))
        {
            throw new CiComplianceException(ToolDiagnostics.CommandLine, "cicompliance",
                new("--independent is for logs and time-stamping authorities", "--independent 仅用于日志与时间戳机构"), new("Leave it out", "请去掉该选项"));
        }

        if (role is KeyRole.Publisher or KeyRole.GoproxyExport)
        {
            CheckPrefixes(role, arguments.Values(OptionTable.Repositories));
        }

        if (identities.FirstOrDefault(identity => !identity.Contains('@', StringComparison.Ordinal) || identity.Any(c => c is <= ' ' or > '~')) is not null)
        {
            throw new CiComplianceException(ToolDiagnostics.OptionValue, OptionTable.Identity.Long,
                new("it is no e-mail address", "不是邮箱地址"), new("Write alice@example.cn or *@example.cn", "请写成 alice@example.cn 或 *@example.cn"));
        }

        return arguments.Operands.Select(context.Host.PathOf)
            .SelectMany(path => Import(context, path, role))
            .Select(key => key with
            {
                Repositories = arguments.Values(OptionTable.Repositories),
                Name = arguments.Value(OptionTable.Name) ?? key.Name,
                ValidFrom = from ?? key.ValidFrom,
                ValidUntil = until ?? key.ValidUntil,
                Identities = identities.Count > 0 ? identities : key.Identities,
                IsForge = arguments.Flag(OptionTable.Forge),
                NoTouchRequired = arguments.Flag(OptionTable.NoTouchRequired),
                Independent = arguments.Flag(OptionTable.Independent),
            });
    }

    /// <summary>Of no other role an empty list means nothing: a publisher without prefixes would be trusted for no module, and look as if for all.</summary>
    private static void CheckPrefixes(KeyRole role, IReadOnlyList<string> prefixes)
    {
        if (role == KeyRole.Publisher && prefixes.Count == 0)
        {
            throw new CiComplianceException(ToolDiagnostics.CommandLine, "cicompliance",
                new("a publisher is trusted for the modules below certain paths only", "发布者只对特定路径下的模块受信任"),
                new("Add --repository PREFIX, for example git.example.cn/team", "请添加 --repository PREFIX,例如 git.example.cn/team"));
        }

        if (prefixes.Any(prefix => !ModulePath.IsPath(prefix)))
        {
            throw new CiComplianceException(ToolDiagnostics.OptionValue, OptionTable.Repositories.Long,
                new("it is no module path", "不是模块路径"), new("Write whole path elements: git.example.cn/team", "请写完整的路径元素:git.example.cn/team"));
        }
    }

    private IReadOnlyList<TrustedKey> Import(CommandContext context, string path, KeyRole role)
    {
        var (keys, findings) = parts.ImportKeys(ReadFile(path), Path.GetFileName(path), role);
        findings.ToList().ForEach(context.Reporter.Show);
        return keys;
    }

    private static KeyRole RoleOf(string word) => RoleWords.FirstOrDefault(pair => pair.Value == word).Key is not KeyRole.None and var role
        ? role
        : throw new CiComplianceException(ToolDiagnostics.OptionValue, OptionTable.Role.Long,
            new($"there is no role '{word}'", $"没有名为“{word}”的角色"), OptionTable.Role.Help);

    private static DateTimeOffset? Time(Arguments arguments, OptionDefinition option) =>
        arguments.Value(option) is not { } value ? null
        : DateTimeOffset.TryParseExact(value, ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time
        : throw new CiComplianceException(ToolDiagnostics.OptionValue, option.Long,
            new("it is not a time", "不是时间"), new("Write 2027-01-31 or 2027-01-31T00:00:00Z", "请写成 2027-01-31 或 2027-01-31T00:00:00Z"));

    /// <summary>A key has one role: one that signs evidence must not also vouch for commits or for the log.</summary>
    private static void CheckConflict(TrustStore store, TrustedKey key)
    {
        foreach (var known in store.Keys.Where(known => known.Id == key.Id))
        {
            if (known.Role != key.Role)
            {
                throw new CiComplianceException(ToolDiagnostics.TrustConflict, key.Id,
                    new($"the trust store has it as {RoleWords[known.Role]}, and a key has one role", $"信任库中它的角色是 {RoleWords[known.Role]},一个密钥只能有一种角色"),
                    new("Use another key for this role", "请为此角色使用其他密钥"));
            }

            if (known.Revocation is { Reason: not RevocationReason.Retired })
            {
                throw new CiComplianceException(ToolDiagnostics.TrustConflict, key.Id,
                    new("the trust store says that it is compromised", "信任库已将其标为泄露"), new("Make a new key", "请生成新密钥"));
            }
        }
    }

    private static bool IsSame(TrustedKey a, TrustedKey b) =>
        new TrustStore(TrustStore.CurrentVersion, [a]).ToJson().AsSpan().SequenceEqual(new TrustStore(TrustStore.CurrentVersion, [b]).ToJson());

    private static byte[] ReadFile(string path)
    {
        try
        {
            return OutsideFile.Read(path, TrustStore.MaxBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CiComplianceException(ToolDiagnostics.InputUnreadable, path,
                new($"it cannot be read ({e.Message})", $"无法读取({e.Message})"), new("Check the path and its permissions", "请检查路径及权限"), e);
        }
    }

    private static void Write(string path, TrustStore store)
    {
        var temporary = $"{path}.{Environment.ProcessId}.partial";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write([.. store.ToJson(), (byte)'\n']);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }

            throw new CiComplianceException(ToolDiagnostics.TrustNotWritten, path,
                new($"it cannot be written ({e.Message})", $"无法写入({e.Message})"), new("Choose a path that can be written", "请选择可写的路径"), e);
        }
    }

    private static string Text(List<KeyRow> rows, string? path)
    {
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            text.Append($"{row.Change,-10}{row.Role,-13} {row.Algorithm,-12}{row.Id}  {SafeText.Line(string.Join(", ", row.Identities.Prepend(row.Name)))}\n");
        }

        return path is null ? text.ToString() : text.Append(SafeText.Line(path)).Append('\n').ToString();
    }

    internal static string WordOf(KeyAlgorithm algorithm) => algorithm switch
    {
        KeyAlgorithm.EcdsaP256 => "ecdsa-p256",
        KeyAlgorithm.EcdsaP384 => "ecdsa-p384",
        KeyAlgorithm.EcdsaP521 => "ecdsa-p521",
        _ => algorithm.ToString().ToLowerInvariant(),
    };
}
