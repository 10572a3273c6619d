namespace CiCompliance.TransparencyLog;

/// <summary>What a server is to a run, so that a failure names it.</summary>
/// <param name="Setting">Where the policy gives its address.</param>
/// <param name="Name">What it is called in a sentence.</param>
/// <param name="Unreachable">No answer after all tries.</param>
/// <param name="Malformed">An answer that cannot be one of such a service.</param>
internal sealed record RemoteService(string Setting, LocalizedText Name, Diagnostic Unreachable, Diagnostic Malformed)
{
    public static readonly RemoteService Rekor = new("log.url", new("Rekor server", "Rekor 服务器"), RekorDiagnostics.Unreachable, RekorDiagnostics.Malformed);

    /// <summary>The static files of a Rekor v2 log.</summary>
    public static readonly RemoteService Tiles = Rekor with { Setting = "log.tiles", Name = new("server of the log's tiles", "日志 tile 服务器") };
}
