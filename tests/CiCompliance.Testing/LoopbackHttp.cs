using System.Net;

namespace CiCompliance.Testing;

/// <summary>Starts HTTP listeners on ports of this machine that are free.</summary>
public static class LoopbackHttp
{
    /// <summary>A listener that could not start is closed for good, so each try takes a new one, on a port that was free just now.</summary>
    public static (HttpListener Listener, string Root) Listen()
    {
        for (var attempt = 0; ; attempt++)
        {
            var root = $"http://127.0.0.1:{FreePort()}";
            var candidate = new HttpListener { Prefixes = { root + "/" } };
            try
            {
                candidate.Start();
                return (candidate, root);
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                candidate.Close();
            }
        }
    }

    public static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
