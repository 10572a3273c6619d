using System.Text;
using CiCompliance.Evidence;
using CiCompliance.Keys;
using CiCompliance.Policy;
using CiCompliance.Source;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Hosting;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>
/// Writes what a first run needs, into a new folder outside the repository: a policy with a log of its own, throw-away keys, a trust store.
/// Everything that is signed with them says DEMONSTRATION.
/// </summary>
internal sealed class DemonstrateCommand(IComposition parts) : ICommand
{
    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var folder = NewFolder(context);
        var policyText = PolicyText(context);
        var repository = parts.ParsePolicy(policyText, PolicySource.PolicyName).Repository;
        var committers = Committers(context);
        var (policy, trust) = (Path.Combine(folder, PolicySource.PolicyName), Path.Combine(folder, "trust.json"));
        IReadOnlyList<(string Name, string File)> keys;
        try
        {
            Directory.CreateDirectory(folder);
            (keys, var evidence) = parts.DemonstrationKeys(Path.Combine(folder, "keys"));
            Write(policy, policyText);
            Write(trust, new TrustStore(TrustStore.CurrentVersion,
                [.. committers.Concat(evidence).Select(key => key with { Repositories = [repository] })]).ToJson());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CiComplianceException(ToolDiagnostics.InputUnreadable, folder,
                new($"it cannot be written ({e.Message})", $"无法写入({e.Message})"), new("Choose a folder that can be written", "请选择可写的目录"), e);
        }

        var tool = ToolCommand.Of(Environment.ProcessPath!, AppContext.BaseDirectory, context.Host.Environment("PATH"));
        string[] command = [.. tool, "run", "--demonstration", "--project", context.ProjectDirectory, "--config", policy, "--trust", trust,
            .. keys.SelectMany(key => new[] { "--" + key.Name, key.File })];
        var line = SafeText.Line(ShellQuote.Join(command));
        return Task.FromResult(new Answer(0, [], new(
            $"wrote {SafeText.Line(folder)}: policy, throw-away keys and trust store for {repository}\nrun it (the verdict says DEMONSTRATION and proves nothing):\n\n{line}\n",
            $"已写入 {SafeText.Line(folder)}:{repository} 的策略、一次性密钥和信任库\n运行(结论标为 DEMONSTRATION,不能证明任何事项):\n\n{line}\n"))
        {
            Files = [policy, trust, .. keys.Select(key => key.File)],
        });
    }

    private static string NewFolder(CommandContext context)
    {
        var folder = context.Host.PathOf(context.Arguments.Operands[0]);
        var project = LinkTrail.RealPath(RepositoryTree.RootOf(context.ProjectDirectory));
        if (LinkTrail.Of(folder).Any(step => LinkTrail.IsInside(step, project)))
        {
            throw new CiComplianceException(ToolDiagnostics.InsideTree, folder,
                new("it lies in the repository, which is what is judged", "它位于被检仓库之内"), new("Choose a folder outside", "请选择仓库之外的目录"));
        }

        return !Directory.Exists(folder) && !File.Exists(folder) ? folder : throw new CiComplianceException(ToolDiagnostics.PolicyExists, folder,
            new("it is there already", "它已存在"), new("Name a folder that does not exist", "请指定尚不存在的目录"));
    }

    /// <summary>The project's own policy where it has one, with a log that lives for one run.</summary>
    private byte[] PolicyText(CommandContext context)
    {
        var project = context.ProjectDirectory;
        var own = Path.Combine(project, PolicySource.PolicyName);
        if (File.Exists(own))
        {
            return Encoding.UTF8.GetBytes(PolicyTemplate.WithEphemeralLog(Encoding.UTF8.GetString(Read(own))));
        }

        var module = GoProject.ModulePath(project) ?? throw new CiComplianceException(ToolDiagnostics.NoGoModule, project,
            new("it has no go.mod with a module line", "其中没有含 module 行的 go.mod"),
            new("Give the module's folder with --project, or run go mod init", "请用 --project 指定模块目录,或先运行 go mod init"));
        var repository = context.Arguments.Value(OptionTable.Repository) ?? GoProject.RepositoryOf(module);
        return Encoding.UTF8.GetBytes(PolicyTemplate.WithEphemeralLog(parts.PolicyTemplate(repository, GoProject.MainPackages(project))));
    }

    private IEnumerable<TrustedKey> Committers(CommandContext context)
    {
        var files = context.Arguments.Values(OptionTable.Committers).Select(context.Host.PathOf).ToList();
        return files.Count > 0
            ? [.. files.SelectMany(file => parts.ImportKeys(Read(file), Path.GetFileName(file), KeyRole.Committer).Keys)]
            : throw new CiComplianceException(ToolDiagnostics.CommandLine, "cicompliance",
                new("demonstrate needs --committer", "demonstrate 需要 --committer"),
                new("Export the key that signs your commits: gpg --armor --export you@example.com > me.asc, then add --committer me.asc",
                    "请导出为提交签名的公钥:gpg --armor --export you@example.com > me.asc,再添加 --committer me.asc"));
    }

    private static byte[] Read(string path)
    {
        try
        {
            return OutsideFile.Read(path, PolicySource.MaxPolicyBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CiComplianceException(ToolDiagnostics.InputUnreadable, path,
                new($"it cannot be read ({e.Message})", $"无法读取({e.Message})"), new("Check the path and its permissions", "请检查路径及权限"), e);
        }
    }

    private static void Write(string path, byte[] content)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        file.Write(content);
    }
}
