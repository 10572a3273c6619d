using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Policy;

namespace CiCompliance.Go;

/// <summary>
/// What the policy's one module proxy wants to see before it gives out private modules. The go command gets it as a netrc file (Go command documentation, "go help goauth")
/// while it downloads, and at no other time; this process sends it itself where it asks the checksum database through that proxy.
/// </summary>
internal sealed class ProxyToken
{
    private const string Option = "--proxy-token-file";
    private const string User = "cicompliance";

    // What serve goproxy takes as a token.
    private const int MinLength = 16;
    private const int MaxLength = 512;

    // Measured: 1.23 and 1.24 compare a netrc machine with host and port as GOPROXY has them, 1.19 with the host alone.
    private const int ComparesPorts = 23;

    /// <summary>What to do where the proxy answers 401.</summary>
    public static readonly LocalizedText GiveIt = new(
        $"Name a file with a reader token of the proxy: {Option} FILE", $"请用 {Option} 文件 提供代理的读取令牌");

    private readonly string token;
    private readonly string host;
    private readonly Uri proxy;

    private ProxyToken(string token, string host, Uri proxy) => (this.token, this.host, this.proxy) = (token, host, proxy);

    /// <param name="reference">A file or <c>fd:N</c>.</param>
    /// <param name="read">Reads it, bounded; what it returns is cleared here.</param>
    /// <exception cref="CiComplianceException">It is no token, or there is nobody whom it may be sent to (CIC0079).</exception>
    public static ProxyToken Read(string reference, Func<string, byte[]> read, GoPolicy policy, GoModuleSource source)
    {
        var (host, proxy) = Receiver(policy, source);
        var content = read(reference);
        try
        {
            var token = content.AsSpan();
            token = token.EndsWith("\n"u8) ? token[..^1] : token;
            token = token.EndsWith("\r"u8) ? token[..^1] : token;
            return token.Length is >= MinLength and <= MaxLength && !token.ContainsAnyExceptInRange((byte)'!', (byte)'~')
                ? new(Encoding.ASCII.GetString(token), host, proxy)
                : throw Unusable(Option, $"what it names is not one line with one word of {MinLength} to {MaxLength} visible ASCII characters",
                    $"其内容不是单独一行、由 {MinLength} 至 {MaxLength} 个可见 ASCII 字符组成的一个单词", "Put the proxy's reader token alone on one line", "请将代理的读取令牌单独写在一行");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Adds the token to what goes to the proxy, and to nothing else.</summary>
    public HttpMessageHandler Authorize(HttpMessageHandler inner) =>
        new Authorization(proxy, new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{User}:{token}")))) { InnerHandler = inner };

    /// <summary>Writes the netrc file, into a new folder that only this user enters.</summary>
    /// <param name="goMinor">Of the go command that will read it.</param>
    /// <returns>Removes the file when it is disposed of.</returns>
    public NetrcFile Lend(int goMinor)
    {
        var alone = host.EndsWith(']') || !host.Contains(':', StringComparison.Ordinal) ? host : host[..host.LastIndexOf(':')];
        IEnumerable<string> machines = goMinor >= ComparesPorts ? [host] : new[] { host, alone.Trim('[', ']') }.Distinct(StringComparer.Ordinal);
        return NetrcFile.Create(string.Concat(machines.Select(machine => $"machine {machine} login {User} password {token}\n")));
    }

    private static (string Host, Uri Proxy) Receiver(GoPolicy policy, GoModuleSource source)
    {
        if (policy.Provider is not (GoProvider.Own or GoProvider.Custom))
        {
            throw Unusable("policy go.provider", $"{policy.Provider} is a public proxy, which must not see a token", $"{policy.Provider} 是公共代理,不得向其发送令牌",
                $"Name your own proxy with provider {GoProvider.Own}, or leave {Option} out", $"请用 provider {GoProvider.Own} 指定自己的代理,或省略 {Option}");
        }

        if (source.Proxies is not [var only])
        {
            throw Unusable("policy go.proxy", "a token is for one proxy, and the list has more than one entry", "令牌只用于一个代理,而列表有多个条目",
                $"Name one address, without direct, or leave {Option} out", $"请只写一个地址且不含 direct,或省略 {Option}");
        }

        var uri = new Uri(only);
        // As it is written: the go command compares it byte by byte.
        var host = only[(only.IndexOf("://", StringComparison.Ordinal) + 3)..].Split('/', '?', '#')[0];
        return uri.Scheme != Uri.UriSchemeHttps
            ? throw Unusable("policy go.proxy", "the go command sends a token over https only, also on this machine", "go 命令只通过 https 发送令牌,本机也不例外",
                "Give the proxy a certificate and an https address", "请为代理配置证书并使用 https 地址")
            : host.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_' or ':' or '[' or ']')
                ? (host, uri)
                : throw Unusable("policy go.proxy", "its host has characters that no netrc file can hold", "其主机名含有 netrc 文件无法容纳的字符",
                    "Write the host name in ASCII", "请用 ASCII 书写主机名");
    }

    private static CiComplianceException Unusable(string origin, string what, string whatZh, string fix, string fixZh) =>
        new(GoEnvironmentDiagnostics.ProxyTokenUnusable, origin, new(what, whatZh), new(fix, fixZh));

    private sealed class Authorization(Uri proxy, AuthenticationHeaderValue header) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri is { } uri && uri.Scheme == proxy.Scheme && uri.Authority == proxy.Authority)
            {
                request.Headers.Authorization = header;
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}

/// <summary>A netrc file, mode 600, alone in a folder of mode 700 below the system's one for temporary files; gone when disposed of.</summary>
internal sealed class NetrcFile : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cicompliance-");

    // A second signal ends the process without unwinding.
    private NetrcFile() => AppDomain.CurrentDomain.ProcessExit += Remove;

    /// <summary>What tells a go command of it. Go before 1.24 knows no GOAUTH and reads it always.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables => [KeyValuePair.Create("NETRC", Path), KeyValuePair.Create("GOAUTH", "netrc")];

    private string Path => System.IO.Path.Combine(folder.FullName, "netrc");

    public static NetrcFile Create(string content)
    {
        var file = new NetrcFile();
        try
        {
            using var stream = new FileStream(file.Path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            stream.Write(Encoding.ASCII.GetBytes(content));
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= Remove;
        folder.Delete(recursive: true);
    }

    private void Remove(object? sender, EventArgs e)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The run has removed it at the same moment.
        }
    }
}
