using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Load;

/// <summary>nginx over the files of one folder, set up to serve them as fast as it can: no log, sendfile, descriptors kept open.</summary>
internal sealed class NginxServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TempDirectory prefix = new();
    private readonly Process master;

    /// <param name="program">nginx itself.</param>
    /// <exception cref="InvalidOperationException">It does not start.</exception>
    public NginxServer(string program, string files)
    {
        var port = FreePort();
        Address = new Uri($"http://127.0.0.1:{port}");
        var configuration = prefix.Write("nginx.conf", Configuration(port, files));
        // Otherwise it opens a log in the place that it was built for before it reads anything.
        var info = new ProcessStartInfo(program, ["-p", prefix.Path, "-c", configuration, "-e", prefix.Combine("error.log")]);
        master = Process.Start(info)!;
        for (var start = Stopwatch.GetTimestamp(); !Answers(port);)
        {
            if (master.HasExited || Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new InvalidOperationException($"{program} does not start: {File.ReadAllText(prefix.Combine("error.log"))}");
            }

            Thread.Sleep(20);
        }
    }

    public Uri Address { get; }

    /// <summary>Those that answer.</summary>
    public IReadOnlyList<int> ProcessIds =>
        [.. File.ReadAllText($"/proc/{master.Id}/task/{master.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];

    public void Dispose()
    {
        // Its workers end when they see that it is gone; a signal that it handles itself is no part of the class library.
        using var quit = Process.Start("kill", ["-TERM", master.Id.ToString(CultureInfo.InvariantCulture)]);
        quit.WaitForExit();
        master.WaitForExit();
        master.Dispose();
        prefix.Dispose();
    }

    private static string Configuration(int port, string files) => $$"""
        daemon off;
        {{(Environment.UserName == "root" ? "user root;" : "")}}
        worker_processes auto;
        pid nginx.pid;
        error_log error.log;
        events { worker_connections 2048; }
        http {
          access_log off;
          sendfile on;
          tcp_nopush on;
          keepalive_requests 100000000;
          open_file_cache max=1000 inactive=60m;
          open_file_cache_valid 60m;
          client_body_temp_path temp-body;
          proxy_temp_path temp-proxy;
          fastcgi_temp_path temp-fastcgi;
          uwsgi_temp_path temp-uwsgi;
          scgi_temp_path temp-scgi;
          types { application/json info; application/zip zip; }
          server {
            listen 127.0.0.1:{{port}};
            root {{files}};
            add_header Cache-Control "public, max-age=86400";
          }
        }

        """;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool Answers(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
