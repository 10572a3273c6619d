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

    /// <exception cref="CiComplianceException">It isn't signed by a key that may, or is no export (CIC7130).</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static ExportManifest Open(string folder, TrustStore trust, ISignatureVerifier verifier, TimeProvider clock)
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
            return statement.PredicateType == PredicateTypes.ModuleExport
                && statement.Subject is [{ Name: ExportManifest.FileName } subject] && subject.Digest.Sha256 == Convert.ToHexStringLower(SHA256.HashData(manifest))
                ? ExportManifest.Parse(manifest)
                : throw ExportErrors.Refused(folder, new("what was signed is another manifest", "所签的是另一份清单"));
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidDataException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw ExportErrors.Refused(folder, new($"it is no export: {SafeText.Line(e.Message, 200)}", $"不是导出目录:{SafeText.Line(e.Message, 200)}"), e);
        }
    }

    /// <exception cref="CiComplianceException">It is a link, not there, or has not its size (CIC7130).</exception>
    public static FileStream OpenFile(string folder, StoredFile file)
    {
        var path = PathOf(folder, file);
        var info = new FileInfo(path);
        return info is { Exists: true, LinkTarget: null } && (info.Attributes & (FileAttributes.Device | FileAttributes.ReparsePoint | FileAttributes.Directory)) == 0 && info.Length == file.Size
            ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read)
            : throw ExportErrors.Refused(path, new("a file of the export is missing, a link, or has not its size", "导出中的文件缺失、是链接或大小不符"));
    }

    private static byte[] Read(string folder, string name, int maxBytes)
    {
        var info = new FileInfo(Path.Combine(folder, name));
        if (info.LinkTarget is not null || (info.Exists && info.Length > maxBytes))
        {
            throw new InvalidDataException($"{name} is a link, or larger than allowed");
        }

        using var stream = new FileStream(info.FullName, FileMode.Open, FileAccess.Read);
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
