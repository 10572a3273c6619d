namespace CiCompliance.Server;

/// <summary>CIC70nn: what <c>cicompliance serve</c> is given.</summary>
public static class ServerDiagnostics
{
    public static readonly Diagnostic CannotListen = new("CIC7001", DiagnosticKind.Usage, "The server cannot listen on its address");
    public static readonly Diagnostic PlainHttp = new("CIC7002", DiagnosticKind.Usage, "The server would be reached without TLS");
    public static readonly Diagnostic BadCertificate = new("CIC7003", DiagnosticKind.Usage, "The server's certificate and key cannot be used");
    public static readonly Diagnostic BadTokens = new("CIC7004", DiagnosticKind.Usage, "The file of writer tokens cannot be used");
    public static readonly Diagnostic BadWriterCa = new("CIC7005", DiagnosticKind.Usage, "The certificates of the writers' CA cannot be used");
    public static readonly Diagnostic BadWitnessFolder = new("CIC7006", DiagnosticKind.Usage, "The witness cannot use its folder");

    internal static CiComplianceException NotListening(string listen, Exception cause) => new(CannotListen, listen, new(cause.Message.TrimEnd('.'), cause.Message.TrimEnd('.')),
        new("Choose another address or port, or end what uses it", "请更换地址或端口,或结束占用它的程序"), cause);
}
