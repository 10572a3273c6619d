namespace CiCompliance.BinaryHardening;

/// <summary>The bytes are no ELF file that this reader can judge: malformed, truncated, contradictory or of an unsupported class.</summary>
public sealed class ElfFormatException : FormatException
{
    public ElfFormatException()
    {
    }

    public ElfFormatException(string message)
        : base(message)
    {
    }

    public ElfFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
