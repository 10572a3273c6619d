using System.Text;
using CiCompliance.Go;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Sources;
using CiCompliance.GoProxy.Storage;
using Microsoft.AspNetCore.Http;

namespace CiCompliance.Server.GoProxy.Http;

/// <summary>The GOPROXY protocol behind the gate. Zips are streamed from the disk; of the rest the answers are small.</summary>
internal sealed class ModuleApi(ModuleGate gate, IModuleStore store)
{
    /// <returns>Null for a zip: see <see cref="OpenZipAsync"/>.</returns>
    /// <exception cref="CiComplianceException">It doesn't pass, or nobody can say.</exception>
    /// <exception cref="ModuleNotFoundException">No source has it.</exception>
    public async Task<ProxyAnswer?> AnswerAsync(ModuleRequest request, CancellationToken cancellationToken)
    {
        switch (request.Kind)
        {
            case ModuleRequestKind.List:
                var versions = await gate.ListAsync(request.Path, cancellationToken);
                return ProxyAnswer.Text(string.Concat(versions.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(version => version + "\n")));
            case ModuleRequestKind.Latest:
                return Info(await gate.LatestAsync(request.Path, cancellationToken), isImmutable: false);
            case ModuleRequestKind.Info:
                var info = await gate.InfoAsync(request.Path, request.Version, cancellationToken);
                // Of a branch it is another one tomorrow.
                return Info(info, isImmutable: info.Version == request.Version);
            case ModuleRequestKind.GoMod:
                return await GoModAsync(request, cancellationToken);
            default:
                return null;
        }
    }

    /// <exception cref="CiComplianceException">It doesn't pass, or nobody can say.</exception>
    /// <exception cref="ModuleNotFoundException">No source has it.</exception>
    public async Task<(FileStream Content, StoredFile File)> OpenZipAsync(ModuleVersion module, CancellationToken cancellationToken)
    {
        // Evicted between the gate and here: once more, then something is wrong.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var file = (await gate.ZipAsync(module, cancellationToken)).Zip!;
            if (store.OpenFile(file) is { } content)
            {
                return (content, file);
            }
        }

        throw Gone(module);
    }

    private async Task<ProxyAnswer> GoModAsync(ModuleRequest request, CancellationToken cancellationToken)
    {
        var file = (await gate.GoModAsync(request.Module, cancellationToken)).GoMod!;
        await using var stream = store.OpenFile(file) ?? throw Gone(request.Module);
        var content = new byte[file.Size];
        await stream.ReadExactlyAsync(content, cancellationToken);
        return new(StatusCodes.Status200OK, ProxyAnswer.PlainText, content) { IsImmutable = true, ETag = $"\"{file.Sha256}\"" };
    }

    private static ProxyAnswer Info(ModuleInfo info, bool isImmutable)
    {
        var content = ModuleInfoJson.ToBytes(info);
        return new(StatusCodes.Status200OK, "application/json", content)
        {
            IsImmutable = isImmutable,
            ETag = isImmutable ? $"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content))}\"" : null,
        };
    }

    private static IOException Gone(ModuleVersion module) => new($"{module} has just left the cache");
}
