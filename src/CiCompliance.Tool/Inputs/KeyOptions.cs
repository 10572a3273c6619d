using CiCompliance.Cryptography.Keys;
using CiCompliance.Keys;
using CiCompliance.Tool.CommandLine;
using CiCompliance.Tool.Hosting;

namespace CiCompliance.Tool.Inputs;

/// <summary>Where keys are. A value is never printed: somebody may have put the secret itself there.</summary>
internal sealed class KeyOptions(Arguments arguments, ToolHost host)
{
    public KeyReference? Sm2 => Reference(OptionTable.Sm2Key, OptionTable.Sm2KeyPassphrase, OptionTable.Sm2Certificates);

    /// <summary>For a key that is made now.</summary>
    public string? Sm2Passphrase => Place(OptionTable.Sm2KeyPassphrase);

    public KeyReference? P256 => Reference(OptionTable.P256Key, OptionTable.P256KeyPassphrase, OptionTable.P256Certificates);

    public KeyReference? Log => Reference(OptionTable.LogKey, OptionTable.LogKeyPassphrase, null);

    public KeyReference? LogSm2 => Reference(OptionTable.LogSm2Key, OptionTable.LogSm2KeyPassphrase, null);

    public KeyReference? Witness => Reference(OptionTable.WitnessKey, OptionTable.WitnessKeyPassphrase, null);

    public KeyReference? Sumdb => Reference(OptionTable.SumdbKey, OptionTable.SumdbKeyPassphrase, null);

    public KeyReference? Export => Reference(OptionTable.ExportKey, OptionTable.ExportKeyPassphrase, null);

    public KeyReference? SumdbSm2 => Reference(OptionTable.SumdbSm2Key, OptionTable.SumdbSm2KeyPassphrase, null);

    public KeyReference? Publisher => Reference(OptionTable.PublisherKey, OptionTable.PublisherKeyPassphrase, null);

    /// <summary>Where the token is; not opened here.</summary>
    public string? Token => Place(OptionTable.Token);

    /// <summary>Where the public key is that a bundle is verified with; somebody may have put a private one there.</summary>
    public string? Verification => Place(OptionTable.VerificationKey);

    /// <summary>Where the key of the server's certificate is; not opened here.</summary>
    public string? Tls => Place(OptionTable.TlsKey);

    /// <summary>Where the writers' tokens are; not opened here.</summary>
    public string? WriterTokens => Place(OptionTable.WriterTokens);

    /// <summary>Where the tokens are of those who read private modules; not opened here.</summary>
    public string? ReaderTokens => Place(OptionTable.ReaderTokens);

    /// <summary>Where the token is that a run shows the module proxy; not opened here.</summary>
    public string? ProxyToken => Place(OptionTable.ProxyToken);

    private KeyReference? Reference(OptionDefinition key, OptionDefinition passphrase, OptionDefinition? certificates) =>
        Place(key) is { } place
            ? new KeyReference(place, Place(passphrase), certificates is null ? null : Place(certificates))
            : Place(passphrase) is null ? null
            : throw new CiComplianceException(ToolDiagnostics.CommandLine, passphrase.Long,
                new($"there is no {key.Long} that it belongs to", $"没有对应的 {key.Long}"), new($"Give {key.Long} as well", $"请同时给出 {key.Long}"));

    /// <summary>A file is named but not opened here: keys stay closed until the last child process has ended.</summary>
    private string? Place(OptionDefinition option)
    {
        if (arguments.Value(option) is not { } value)
        {
            return null;
        }

        if (value.StartsWith("fd:", StringComparison.Ordinal) && int.TryParse(value.AsSpan(3), out var descriptor) && descriptor >= 0)
        {
            InheritedDescriptor.HideFromChildren(descriptor);
            return value;
        }

        return value.Length < 4096 && !value.Any(char.IsControl) && File.Exists(host.PathOf(value))
            ? host.PathOf(value)
            : throw new CiComplianceException(ToolDiagnostics.SecretOnCommandLine, option.Long,
                new("its value names neither an existing file nor a descriptor (the value is not shown)", "其值既不是现有文件也不是描述符(此处不显示该值)"),
                new($"Write {option.Long} FILE or {option.Long} fd:N; a secret that stood on a command line must be replaced",
                    $"请写成 {option.Long} FILE 或 {option.Long} fd:N;曾出现在命令行中的密钥或口令必须更换"));
    }
}
