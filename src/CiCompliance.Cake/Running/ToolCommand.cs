namespace CiCompliance.Cake.Running;

/// <summary>How the tool is started.</summary>
/// <param name="FileName">The program.</param>
/// <param name="Arguments">What comes before the tool's own arguments.</param>
/// <param name="Shown">What a person would type for it.</param>
internal sealed record ToolCommand(string FileName, IReadOnlyList<string> Arguments, string Shown);
