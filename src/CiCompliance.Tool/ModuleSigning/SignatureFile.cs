using System.Text.Json;
using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Publishers;

namespace CiCompliance.Tool.ModuleSigning;

/// <summary>A version's file in a signature folder. Signatures add up in it; it never changes what they are over.</summary>
internal sealed class SignatureFile(string folder, ModuleStatement statement)
{
    private readonly FolderSignatures signatures = new(folder);

    public string Path => signatures.PathOf(statement);

    /// <summary>The signatures that are there.</summary>
    /// <exception cref="CiComplianceException">They are over something else (CIC7141), or can't be read (CIC7144).</exception>
    public ModuleSignatures Read()
    {
        try
        {
            Directory.CreateDirectory(folder);
            var found = signatures.Find(statement) ?? ModuleSignatures.Over(statement, []);
            return found.IsOver(statement) ? found : throw Otherwise(statement.DifferenceFrom(found), null);
        }
        catch (JsonException e)
        {
            throw Otherwise(new("it is no signature file", "不是签名文件"), e);
        }
        catch (SignatureSourceException e)
        {
            throw NotKept(e.Why, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotKept(new(e.Message, e.Message), e);
        }
    }

    /// <exception cref="CiComplianceException">There are too many, or it can't be written (CIC7144).</exception>
    public void Write(ModuleSignatures all)
    {
        if (all.Signatures.Count > ModuleSignatures.MaxSignatures)
        {
            throw NotKept(new($"it would have more than {ModuleSignatures.MaxSignatures} signatures", $"签名将超过 {ModuleSignatures.MaxSignatures} 个"), null);
        }

        try
        {
            signatures.Write(statement, all);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotKept(new(e.Message, e.Message), e);
        }
    }

    private CiComplianceException Otherwise(LocalizedText why, Exception? cause) => new(GoProxyDiagnostics.SignedOtherwise, Path,
        new($"it has signatures already, and they are over something else: {why.En}", $"其中已有签名,但所签内容不同:{why.Zh}"),
        new("A published version never changes: find out which content is right, and publish a new version rather than replace this file", "已发布的版本不得更改:请查明哪份内容正确,并发布新版本,而不是替换此文件"), cause);

    private CiComplianceException NotKept(LocalizedText why, Exception? cause) => new(GoProxyDiagnostics.SignatureNotKept, Path,
        new($"the signature cannot be kept there ({why.En})", $"签名无法保存于此({why.Zh})"), new("Name a folder that can be written", "请指定可写的目录"), cause);
}
