using System.Security.Cryptography;
using System.Text.Json;
using CiCompliance.Attestations;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Keys;
using CiCompliance.Signing;

namespace CiCompliance.GoProxy.Exports;

/// <summary>A signed export, as it is read. Nothing in it is believed but what the signature covers; links are refused.</summary>
internal static class ExportFolder
{
    private const int MaxEnvelope = 64 << 10;

    public static string PathOf(string folder, StoredFile file) => Path.Combine(folder, "files", file.Sha256[..2], file.Sha256);

    /// <exception cref="CiComplianceException">It isn't signed by a key that may, for every module in it, or is no export (CIC7130).</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static (ExportManifest Manifest, string KeyId) Open(string folder, TrustStore trust, ISignatureVerifier verifier, TimeProvider clock)
    {
        try
        {
            var envelope = DsseEnvelope.Parse(Read(folder, ExportManifest.EnvelopeName, MaxEnvelope));
            var key = envelope.Signatures is [var only] ? trust.Keys.FirstOrDefault(known => known.Role == KeyRole.GoproxyExport && known.Id == only.KeyId) : null;
            if (key is null || key.Revocation is not null || !key.IsValidAt(clock.GetUtcNow()))
            {
                throw ExportErrors.Refused(folder, new("it is not signed by a key that the trust store has for role goproxy-export now", "签名者不是信任库中当前有效的 goproxy-export 密钥"));
            }

            var signed = DsseEnvelope.PreAuthenticationEncoding(envelope.PayloadType, envelope.Payload);
            if (envelope.PayloadType != DsseEnvelope.InTotoPayloadType || verifier.Verify(key.Algorithm, key.PublicKey, signed, envelope.Signatures[0].Sig) != Verdict.Pass)
            {
                throw ExportErrors.Refused(folder, new("its signature is not right", "签名不正确"));
            }

            var statement = Statement.Parse(envelope.Payload);
            var manifest = Read(folder, ExportManifest.FileName, ExportManifest.MaxBytes);
            if (statement.PredicateType != PredicateTypes.ModuleExport
                || statement.Subject is not [{ Name: ExportManifest.FileName } subject] || subject.Digest.Sha256 != Convert.ToHexStringLower(SHA256.HashData(manifest)))
            {
                throw ExportErrors.Refused(folder, new("what was signed is another manifest", "所签的是另一份清单"));
            }

            var parsed = ExportManifest.Parse(manifest);
            return parsed.Modules.FirstOrDefault(module => !key.Covers(module.Path)) is not { } outside
                ? (parsed, key.Id)
                : throw ExportErrors.Refused(folder, new($"its key is not trusted for {outside.Path}", $"其密钥对 {outside.Path} 不受信任"));
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidDataException or FileNotFoundException or DirectoryNotFoundException or EndOfStreamException)
        {
            throw ExportErrors.Refused(folder, new($"it is no export: {SafeText.Line(e.Message, 200)}", $"不是导出目录:{SafeText.Line(e.Message, 200)}"), e);
        }
    }

    /// <exception cref="CiComplianceException">It is a link, not there, or has not its size (CIC7130).</exception>
    public static Stream OpenFile(string folder, StoredFile file)
    {
        var path = PathOf(folder, file);
        var info = new FileInfo(path);
        if (!IsPlain(info) || info.Length != file.Size)
        {
            throw ExportErrors.Refused(path, new("a file of the export is missing, a link, or has not its size", "导出中的文件缺失、是链接或大小不符"));
        }

        // A pipe has no length and no end: of what is empty there is nothing to read.
        return file.Size == 0 ? new MemoryStream([], writable: false) : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
    }

    private static byte[] Read(string folder, string name, int maxBytes)
    {
        var info = new FileInfo(Path.Combine(folder, name));
        if (!info.Exists)
        {
            throw new FileNotFoundException($"there is no {name}");
        }

        // A pipe or device has the length 0, and whoever opens it may wait for ever.
        if (!IsPlain(info) || info.Length is 0 || info.Length > maxBytes)
        {
            throw new InvalidDataException($"{name} is no file, empty, or larger than allowed");
        }

        var content = new byte[info.Length];
        using var stream = new FileStream(info.FullName, FileMode.Open, FileAccess.Read);
        stream.ReadExactly(content);
        return stream.Length == content.Length ? content : throw new InvalidDataException($"{name} changed while it was read");
    }

    private static bool IsPlain(FileInfo info) => info is { Exists: true, LinkTarget: null } && (info.Attributes & (FileAttributes.ReparsePoint | FileAttributes.Directory)) == 0;
}
