using System.Text;
using CiCompliance.Digests;
using CiCompliance.Go;

namespace CiCompliance.GoProxy.Publishers;

/// <summary>The two files of a module version that a publisher signs.</summary>
/// <param name="Zip">A module zip (Go module reference, "Module zip files").</param>
/// <param name="GoMod">As proxies serve it; null: the one in the zip, or for a module without one what the go command makes up.</param>
public sealed record ModuleFiles(string Zip, string? GoMod)
{
    /// <summary>16 MiB, the go command's own limit.</summary>
    private const int MaxGoMod = 16 << 20;

    /// <summary>The version's files in a module cache (GOMODCACHE), as the go command downloaded them.</summary>
    public static ModuleFiles InCache(string root, ModuleVersion module)
    {
        var cache = new ModuleCache(root);
        return new(cache.ZipOf(module), cache.GoModOf(module));
    }

    /// <summary>Hashes both. A go.mod that differs from the one in the zip is refused: no module has two.</summary>
    /// <exception cref="CiComplianceException">CIC7140.</exception>
    public ModuleStatement Read(ModuleVersion module, IDigestCalculator digests, CancellationToken cancellationToken)
    {
        var file = Zip;
        try
        {
            var inside = GoModIn(module);
            file = GoMod ?? Zip;
            var goMod = GoMod is null ? inside ?? Encoding.UTF8.GetBytes($"module {module.Path}\n") : ReadBounded(GoMod);
            if (inside is not null && !inside.AsSpan().SequenceEqual(goMod))
            {
                throw new InvalidDataException("it is not the go.mod in the zip");
            }

            file = Zip;
            return ModuleStatement.Create(module, ModuleZip.Hash(Zip, module, digests, cancellationToken).H1, ModuleZip.HashGoMod(goMod));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CiComplianceException(GoProxyDiagnostics.UnsignableModule, file,
                new($"it cannot be read as {module} ({SafeText.Line(e.Message, 200)})", $"无法作为 {module} 读取({SafeText.Line(e.Message, 200)})"),
                new("Name the zip and go.mod of this version, or a module cache that has it: go mod download MODULE@VERSION", "请指定此版本的 zip 与 go.mod,或含有该版本的模块缓存:go mod download MODULE@VERSION"), e);
        }
    }

    private byte[]? GoModIn(ModuleVersion module)
    {
        byte[]? found = null;
        using var zip = new FileStream(Zip, FileMode.Open, FileAccess.Read, FileShare.Read);
        ModuleZip.ForEachFile(zip, module, (name, content) =>
        {
            if (name == $"{module}/go.mod")
            {
                found = ReadBounded(content);
            }
            else
            {
                content.CopyTo(Stream.Null);
            }
        });
        return found;
    }

    private static byte[] ReadBounded(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return ReadBounded(file);
    }

    private static byte[] ReadBounded(Stream content)
    {
        using var buffer = new MemoryStream();
        var part = new byte[64 << 10];
        for (int read; (read = content.Read(part)) > 0;)
        {
            buffer.Write(part, 0, read);
            if (buffer.Length > MaxGoMod)
            {
                throw new InvalidDataException($"a go.mod of more than {MaxGoMod} bytes");
            }
        }

        return buffer.ToArray();
    }
}
