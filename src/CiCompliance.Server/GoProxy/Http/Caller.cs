namespace CiCompliance.Server.GoProxy.Http;

/// <summary>Who asks.</summary>
/// <param name="IsReader">Whether private modules, and the records that tell of them, may be read.</param>
/// <param name="Language">Of what is said to the developer.</param>
internal readonly record struct Caller(bool IsReader, Language Language);
