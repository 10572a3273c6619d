using System.Security.Cryptography;
using System.Text;

namespace CiCompliance.Publishing;

/// <summary>
/// The commit status' context. It names the branch that the rules were applied for: a pass for one branch says nothing about another. The
/// workflow makes the same text in its shell.
/// </summary>
internal static class StatusContext
{
    // GitHub takes 255 characters in all.
    private const int MaxBranch = 200;

    /// <param name="branch">Null: nobody named one, as for a tag.</param>
    public static string Of(string? branch) => branch is null ? GitHubPublisher.CheckName : $"{GitHubPublisher.CheckName} ({Shown(branch)})";

    // Contexts are equal for GitHub whatever their letter case, and branches are not. No branch has a colon in its name.
    private static string Shown(string branch) => branch.Length is > 0 and <= MaxBranch && branch.All(IsPlain)
        ? branch
        : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(branch)));

    private static bool IsPlain(char letter) => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '.' or '_' or '-' or '/';
}
