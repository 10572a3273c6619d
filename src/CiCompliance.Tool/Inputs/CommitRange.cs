using CiCompliance.Tool.CommandLine;

namespace CiCompliance.Tool.Inputs;

/// <summary>Which commits: <c>--base</c> and <c>--commit</c>, or <c>--range A..B</c>.</summary>
internal sealed record CommitRange(string? Base, string Commit)
{
    /// <exception cref="CiComplianceException">Both forms (CIC0003), or not a range or revision (CIC0004).</exception>
    public static CommitRange From(Arguments arguments)
    {
        var (@base, commit, range) = (arguments.Value(OptionTable.Base), arguments.Value(OptionTable.Commit), arguments.Value(OptionTable.Range));
        if (range is null)
        {
            return new CommitRange(@base is null ? null : Checked(@base, OptionTable.Base), Checked(commit ?? "HEAD", OptionTable.Commit));
        }

        if (@base is not null || commit is not null)
        {
            throw new CiComplianceException(ToolDiagnostics.CommandLine, "cicompliance",
                new("--range stands for --base and --commit", "--range 已包含 --base 和 --commit"), new("Give one or the other", "请只给出其中一种"));
        }

        return range.Split("..") is [{ Length: > 0 } from, { Length: > 0 } to] && !to.StartsWith('.')
            ? new CommitRange(Checked(from, OptionTable.Range), Checked(to, OptionTable.Range))
            : throw Wrong(OptionTable.Range, "A..B");
    }

    private static string Checked(string revision, OptionDefinition option) =>
        revision.Length <= 1024 && !string.IsNullOrWhiteSpace(revision) && revision[0] != '-' && !revision.Any(char.IsControl) ? revision : throw Wrong(option, "REV");

    private static CiComplianceException Wrong(OptionDefinition option, string form) => new(ToolDiagnostics.OptionValue, option.Long,
        new("it is not a revision or range", "不是版本或范围"), new($"Write {option.Long} {form}", $"请写成 {option.Long} {form}"));
}
