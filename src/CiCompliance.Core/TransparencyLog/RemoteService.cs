namespace CiCompliance.TransparencyLog;

/// <summary>What a server is to a run, so that a failure names it.</summary>
/// <param name="Setting">Where its address is given: in the policy, or on the command line.</param>
/// <param name="Name">What it is called in a sentence.</param>
/// <param name="Unreachable">No answer after all tries.</param>
/// <param name="Malformed">An answer that cannot be one of such a service.</param>
internal sealed record RemoteService(string Setting, LocalizedText Name, Diagnostic Unreachable, Diagnostic Malformed)
{
    /// <summary>What to do where it does not answer.</summary>
    public LocalizedText Again { get; init; } =
        new("Run cicompliance record again once it is up: nothing has to be signed again", "恢复后请重新运行 cicompliance record,无需重新签名");

    public static readonly RemoteService Rekor = new("log.url", new("Rekor server", "Rekor 服务器"), RekorDiagnostics.Unreachable, RekorDiagnostics.Malformed);

    /// <summary>The Rekor server that <c>log monitor</c> looks at.</summary>
    public static readonly RemoteService Monitored = Rekor with
    {
        Setting = "LOG",
        Again = new("Run cicompliance log monitor again once it is up, with the same --seen file", "恢复后请以同一 --seen 文件重新运行 cicompliance log monitor"),
    };

    /// <summary>The static files of a Rekor v2 log.</summary>
    public static readonly RemoteService Tiles = Rekor with { Setting = "log.tiles", Name = new("server of the log's tiles", "日志 tile 服务器") };
}
