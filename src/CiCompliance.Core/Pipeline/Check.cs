namespace CiCompliance.Pipeline;

/// <summary>One row of a stage's verdict table.</summary>
/// <param name="Id">Stable dotted name, for example <c>binary.relro</c>; with the output's name in brackets where there are several.</param>
public sealed record Check(string Id, Verdict Verdict, LocalizedText Detail);
