using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Sources;
using CiCompliance.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CiCompliance.Server.GoProxy.Http;

/// <summary>The map of the proxy. What is refused is 403 and what nobody can say is 503, each with words for the developer; 404 is only what no source has.</summary>
internal sealed class GoProxyRoutes(ProxyParts parts, ReaderAccess readers, Language language, ServerEvents events) : IDisposable
{
    private readonly SmallAnswers small = new();
    private readonly ModuleApi modules = new(parts.Gate, parts.Store);
    private readonly SumdbApi sumdb = new(parts.Records, parts.Gate, parts.Rules);
    private readonly SumdbRelay? relay = parts.Public is null ? null : new(parts.Public, parts.Rules, parts.Decisions);
    private readonly string ownDatabase = $"/sumdb/{parts.Records.Store.Key.Name}/";

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await AnswerAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            parts.Metrics.Answered("aborted");
        }
        catch (CiComplianceException e)
        {
            await RefuseAsync(context, e);
        }
        catch (ModuleNotFoundException e)
        {
            await WriteAsync(context, ProxyAnswer.Text($"not found: {SafeText.Line(e.Message, 300)}\n", StatusCodes.Status404NotFound));
        }
#pragma warning disable CA1031 // The one catch of the server: whatever went wrong, nothing was given, the developer learns that it is not his module, and the process goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            parts.Metrics.Answered("failed");
            events.Error(e);
            await WriteAsync(context, DeveloperAnswers.Failed(LanguageOf(context)));
        }
    }

    public void Dispose()
    {
        small.Dispose();
        relay?.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            await WriteAsync(context, ProxyAnswer.Text("GET or HEAD\n", StatusCodes.Status405MethodNotAllowed));
            return;
        }

        if (small.Find(target) is { } known && (!known.IsPrivate || IsReader(context)))
        {
            await WriteAsync(context, known.Answer, known.IsPrivate);
            return;
        }

        if (ModuleRequest.Decode(target) is not { } path)
        {
            await WriteAsync(context, ProxyAnswer.BadRequest("not a path that the go command asks for"));
            return;
        }

        if (Operations(path) is { } operation)
        {
            await WriteAsync(context, operation);
        }
        else if (path.StartsWith("/sumdb/", StringComparison.Ordinal))
        {
            await WriteAsync(context, await SumdbAsync(context, path));
        }
        else
        {
            await ModuleAsync(context, target, path);
        }
    }

    private async Task ModuleAsync(HttpContext context, string target, string path)
    {
        if (ModuleRequest.Parse(path) is not { } request)
        {
            await WriteAsync(context, ProxyAnswer.BadRequest("not a module, version or file that can be"));
            return;
        }

        var isPrivate = parts.Rules.IsPrivate(request.Path);
        if (isPrivate && !IsReader(context))
        {
            await WriteAsync(context, DeveloperAnswers.NoToken(LanguageOf(context)), isPrivate);
            return;
        }

        if (await modules.AnswerAsync(request, context.RequestAborted) is { } answer)
        {
            await KeepAndWriteAsync(context, target, answer, isPrivate);
            return;
        }

        var (content, file) = await modules.OpenFileAsync(request, context.RequestAborted);
        await using (content)
        {
            if (request.Kind == ModuleRequestKind.GoMod && file.Size <= SmallAnswers.MaxAnswer)
            {
                await KeepAndWriteAsync(context, target, await ModuleApi.ReadGoModAsync(content, file, context.RequestAborted), isPrivate);
                return;
            }

            await FileAnswer.WriteAsync(context, content, file, request.Kind == ModuleRequestKind.Zip ? FileAnswer.ZipType : ProxyAnswer.PlainText, isPrivate);
            parts.Metrics.Answered("passed");
        }
    }

    private Task KeepAndWriteAsync(HttpContext context, string target, ProxyAnswer answer, bool isPrivate)
    {
        if (answer.IsImmutable)
        {
            small.Keep(target, answer, isPrivate);
        }

        return WriteAsync(context, answer, isPrivate);
    }

    private async Task<ProxyAnswer> SumdbAsync(HttpContext context, string path)
    {
        var caller = new Caller(IsReader(context), LanguageOf(context));
        return path.StartsWith(ownDatabase, StringComparison.Ordinal)
                ? await sumdb.AnswerAsync(path[ownDatabase.Length..], caller, context.RequestAborted)
            : relay is not null && path.StartsWith(relay.Root, StringComparison.Ordinal)
                ? await relay.AnswerAsync(path[relay.Root.Length..], caller.Language, context.RequestAborted)
            : DeveloperAnswers.NoSuchDatabase(parts.Records.Store.Key, caller.Language);
    }

    private ProxyAnswer? Operations(string path) => path switch
    {
        "/healthz" => ProxyAnswer.Text("ok\n"),
        "/readyz" => parts.Records.IsHealthy
            ? ProxyAnswer.Text("ready\n")
            : ProxyAnswer.Text("the checksum database cannot be written\n", StatusCodes.Status503ServiceUnavailable),
        "/metrics" => new(StatusCodes.Status200OK, "text/plain; version=0.0.4; charset=utf-8", parts.Metrics.ToBytes(parts.Records)),
        _ => null,
    };

    private Task RefuseAsync(HttpContext context, CiComplianceException e)
    {
        var isVerdict = e.Diagnostic.Kind == DiagnosticKind.NotCompliant;
        parts.Metrics.Refused(e.Diagnostic.Code);
        return WriteAsync(context, ProxyAnswer.Text(
            DeveloperText.Of(e.Finding, LanguageOf(context)), isVerdict ? StatusCodes.Status403Forbidden : StatusCodes.Status503ServiceUnavailable));
    }

    private bool IsReader(HttpContext context) => readers.IsReader(context.Request.Headers.Authorization.ToString());

    /// <summary>The go command sends no language: then it is the configuration's.</summary>
    private Language LanguageOf(HttpContext context)
    {
        var first = context.Request.Headers.AcceptLanguage.ToString().Split(',', ';')[0].Trim();
        return first.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Language.Chinese
            : first.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? Language.English
            : language;
    }

    private async Task WriteAsync(HttpContext context, ProxyAnswer answer, bool isPrivate = false)
    {
        await answer.WriteAsync(context, isPrivate);
        if (answer.Status == StatusCodes.Status200OK && context.Response.StatusCode == StatusCodes.Status200OK)
        {
            parts.Metrics.Answered("passed");
        }
    }
}
