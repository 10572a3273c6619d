using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Commands;

/// <summary>What people get who type it: git's own call goes another way, since its options are not the tool's.</summary>
internal sealed class GitSignCommand : ICommand
{
    public Task<Answer> RunAsync(CommandContext context, CancellationToken cancellationToken) => throw new CiComplianceException(ToolDiagnostics.CommandLine, "cicompliance",
        new("git-sign is for git, which asks for --status-fd=N -bsau KEY or --status-fd=N --verify FILE -", "git-sign 供 git 调用,参数为 --status-fd=N -bsau KEY 或 --status-fd=N --verify FILE -"),
        new("Run cicompliance init --sm2 in the clone, then git commit", "请在克隆中运行 cicompliance init --sm2,然后 git commit"));
}
