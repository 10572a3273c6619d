using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CiCompliance.Keys;

namespace CiCompliance.Testing;

/// <summary>An RFC 3161 time-stamping authority on loopback whose answers <c>openssl ts</c> makes.</summary>
public sealed class OpensslTsa : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly HttpListener listener;
    private readonly Task serving;

    /// <param name="keyOptions">Of <c>openssl genpkey</c>.</param>
    public OpensslTsa(params string[] keyOptions)
    {
        Peer.Run("openssl", ["genpkey", .. keyOptions, "-out", directory.Combine("tsa.key")]);
        Peer.Run("openssl",
        [
            "req", "-new", "-x509", "-key", directory.Combine("tsa.key"), "-subj", "/CN=test tsa", "-days", "30", "-out", directory.Combine("tsa.crt"),
            "-addext", "extendedKeyUsage=critical,timeStamping", "-addext", "keyUsage=critical,digitalSignature",
        ]);
        directory.Write("tsa.cnf", $"""
            [tsa]
            default_tsa = own
            [own]
            serial = {directory.Write("serial", "01\n")}
            signer_cert = {directory.Combine("tsa.crt")}
            signer_key = {directory.Combine("tsa.key")}
            signer_digest = sha256
            default_policy = 1.2.3.4.1
            digests = sha256
            ordering = no
            tsa_name = no
            ess_cert_id_chain = no
            ess_cert_id_alg = sha256

            """);
        (listener, Url) = LoopbackHttp.Listen();
        serving = Task.Run(ServeAsync);
    }

    public string Url { get; }

    /// <summary>Answers instead of the authority, while it returns something.</summary>
    public Func<byte[], byte[]?> Lie { get; set; } = _ => null;

    public bool IsDown { get; set; }

    public byte[] CertificatePem => File.ReadAllBytes(directory.Combine("tsa.crt"));

    public TrustedKey Trusted(KeyAlgorithm algorithm)
    {
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(directory.Combine("tsa.crt")));
        var spki = certificate.PublicKey.ExportSubjectPublicKeyInfo();
        return new(Convert.ToHexStringLower(SHA256.HashData(spki)), "test tsa", KeyRole.Tsa, algorithm, spki, [], Independent: true);
    }

    public void Dispose()
    {
        listener.Close();
        serving.Wait(TimeSpan.FromSeconds(10));
        directory.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                var context = await listener.GetContextAsync();
                using var request = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(request);
                context.Response.StatusCode = IsDown ? 503 : context.Request.ContentType == "application/timestamp-query" ? 200 : 415;
                context.Response.ContentType = "application/timestamp-reply";
                await context.Response.OutputStream.WriteAsync(context.Response.StatusCode == 200 ? Lie(request.ToArray()) ?? Stamp(request.ToArray()) : []);
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    /// <summary>One at a time: openssl keeps its serial number in a file.</summary>
    private byte[] Stamp(byte[] request)
    {
        File.WriteAllBytes(directory.Combine("query"), request);
        PeerTranscript.Run("openssl", ["ts", "-reply", "-config", directory.Combine("tsa.cnf"), "-queryfile", directory.Combine("query"), "-out", directory.Combine("reply")]);
        return File.ReadAllBytes(directory.Combine("reply"));
    }
}
