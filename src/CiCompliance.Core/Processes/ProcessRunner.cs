using System.ComponentModel;
using System.Diagnostics;

namespace CiCompliance.Processes;

public sealed class ProcessRunner : IProcessRunner
{
    public async Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellationToken)
    {
        using var process = Start(request);
        using var timeout = new CancellationTokenSource(request.Timeout);
        using var limit = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token, limit.Token);
        try
        {
            var streams = await Task.WhenAll(
                ReadAsync(process.StandardOutput.BaseStream, request.OutputDestination, request.MaxOutputBytes, limit, either.Token),
                ReadAsync(process.StandardError.BaseStream, null, request.MaxOutputBytes, limit, either.Token),
                WriteInputAsync(process, request.StandardInput, either.Token));
            await process.WaitForExitAsync(either.Token);
            return new ProcessResult(process.ExitCode, streams[0], streams[1]);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            if (e is IOException)
            {
                throw;
            }

            throw limit.IsCancellationRequested
                ? Failure(ProcessDiagnostics.TooMuchOutput, request, new($"it printed more than {request.MaxOutputBytes} bytes", $"输出超过 {request.MaxOutputBytes} 字节"))
                : Failure(ProcessDiagnostics.TimedOut, request, new($"it was ended after {request.Timeout}", $"运行 {request.Timeout} 后被终止"));
        }
    }

    private static Process Start(ProcessRequest request)
    {
        try
        {
            return Path.IsPathFullyQualified(request.FileName)
                ? Process.Start(request.ToStartInfo())!
                : throw Failure(ProcessDiagnostics.NotStarted, request, new("its path is not absolute", "路径不是绝对路径"));
        }
        catch (Win32Exception e)
        {
            throw Failure(ProcessDiagnostics.NotStarted, request, new($"it could not be started ({e.Message})", $"无法启动({e.Message})"), e);
        }
    }

    private static async Task<byte[]> WriteInputAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The child closed its input early; what that means shows in its exit code.
        }

        return [];
    }

    private static async Task<byte[]> ReadAsync(Stream stream, Stream? destination, int maxBytes, CancellationTokenSource limit, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var buffer = new byte[32 << 10];
        var total = 0L;
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            total += read;
            if (total > maxBytes)
            {
                await limit.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
            }

            try
            {
                await (destination ?? content).WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
            catch (IOException)
            {
                // The others wait for a child that waits for its output to be read.
                await limit.CancelAsync();
                throw;
            }
        }

        return content.ToArray();
    }

    private static CiComplianceException Failure(Diagnostic diagnostic, ProcessRequest request, LocalizedText what, Exception? cause = null) =>
        new(diagnostic, request.FileName, what, new("Run cicompliance doctor to see what is missing", "运行 cicompliance doctor 查看缺失项"), cause);
}
