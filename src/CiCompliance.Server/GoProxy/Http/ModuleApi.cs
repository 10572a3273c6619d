using CiCompliance.Go;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Sources;
using CiCompliance.GoProxy.Storage;
using Microsoft.AspNetCore.Http;

namespace CiCompliance.Server.GoProxy.Http;

/// <summary>The GOPROXY protocol behind the gate. Zips and large go.mods are streamed from the disk; of the rest the answers are small.</summary>
internal sealed class ModuleApi(ModuleGate gate, IModuleStore store)
{
    /// <returns>Null for a file: see <see cref="OpenFileAsync"/>.</returns>
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
            default:
                return null;
        }
    }

    /// <exception cref="CiComplianceException">It doesn't pass, or nobody can say.</exception>
    /// <exception cref="ModuleNotFoundException">No source has it.</exception>
    public async Task<(FileStream Content, StoredFile File)> OpenFileAsync(ModuleRequest request, CancellationToken cancellationToken)
    {
        var module = request.Module;

        // Evicted between the gate and here: once more, then something is wrong.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var file = request.Kind == ModuleRequestKind.Zip ? (await gate.ZipAsync(module, cancellationToken)).Zip! : (await gate.GoModAsync(module, cancellationToken)).GoMod!;
            if (store.OpenFile(file) is { } content)
            {
                return (content, file);
            }
        }

        throw new IOException($"{module} has just left the cache");
    }

    /// <exception cref="IOException">It can't be read.</exception>
    public static async Task<ProxyAnswer> ReadGoModAsync(FileStream stream, StoredFile file, CancellationToken cancellationToken)
    {
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
}
