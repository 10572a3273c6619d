using System.Text;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.GitSigning;
using CiCompliance.Tool.Inputs;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>Writes a starter policy for the Go module that is here, or sets up the clone to sign with SM2.</summary>
internal sealed class InitCommand(IComposition parts) : ICommand
{
    private static readonly OptionDefinition[] Sm2Options =
        [OptionTable.Name, OptionTable.Mail, OptionTable.Request, OptionTable.Sm2Key, OptionTable.Sm2KeyPassphrase, OptionTable.Sm2Certificates];

    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken) =>
        context.Arguments.Flag(OptionTable.Sm2) ? new Sm2CloneSetup(parts, context).RunAsync(cancellationToken) : Task.FromResult(WritePolicy(context));

    private Answer WritePolicy(CommandContext context)
    {
        if (Sm2Options.FirstOrDefault(option => context.Arguments.Given(option)) is { } stray)
        {
            throw new CiComplianceException(ToolDiagnostics.CommandLine, "cicompliance",
                new($"{stray.Long} belongs to init --sm2", $"{stray.Long} 用于 init --sm2"), new("Add --sm2, or leave it out", "请加上 --sm2,或去掉该选项"));
        }

        var project = context.ProjectDirectory;
        var path = context.PathOf(OptionTable.Config) ?? Path.Combine(project, PolicySource.PolicyName);
        var module = GoProject.ModulePath(project) ?? throw new CiComplianceException(ToolDiagnostics.NoGoModule, project,
            new("it has no go.mod with a module line", "其中没有含 module 行的 go.mod"),
            new("Give the module's folder with --project, or run go mod init", "请用 --project 指定模块目录,或先运行 go mod init"));
        var packages = GoProject.MainPackages(project);
        Write(path, parts.PolicyTemplate(context.Arguments.Value(OptionTable.Repository) ?? GoProject.RepositoryOf(module), packages));
        var shown = SafeText.Line(path);
        var found = packages.Count == 0 ? "-" : SafeText.Line(string.Join(' ', packages));
        return new Answer(0, [], new(
            $"""
            wrote {shown}
            module: {SafeText.Line(module)}, main packages: {found}
            next:
              1. read the file, and choose the log
              2. cicompliance trust import KEYRING --role committer --trust {PolicySource.TrustName}
              3. commit both to the protected branch
              4. cicompliance doctor, then cicompliance run --base REV
            """,
            $"""
            已写入 {shown}
            模块:{SafeText.Line(module)},主包:{found}
            接下来:
              1. 阅读该文件,并选择日志
              2. cicompliance trust import KEYRING --role committer --trust {PolicySource.TrustName}
              3. 将两个文件提交到受保护分支
              4. cicompliance doctor,然后 cicompliance run --base REV
            """)) { Files = [path] };
    }

    private static void Write(string path, string text)
    {
        try
        {
            // CreateNew: what is there, be it a link, stays as it is.
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            file.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException e) when (File.Exists(path) || new FileInfo(path).LinkTarget is not null)
        {
            throw new CiComplianceException(ToolDiagnostics.PolicyExists, path,
                new("it is there already", "文件已存在"), new("Edit it, or name another file with --config", "请直接编辑,或用 --config 指定其他文件"), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CiComplianceException(ToolDiagnostics.InputUnreadable, path,
                new($"it cannot be written ({e.Message})", $"无法写入({e.Message})"), new("Choose a path that can be written", "请选择可写的路径"), e);
        }
    }
}
