namespace CiCompliance.TransparencyLog;

/// <summary>A signed statement of how large an append-only tree is and what its root is.</summary>
public interface ITreeHead
{
    long Size { get; }

    byte[] Root { get; }

    /// <summary>The signed note.</summary>
    byte[] ToBytes();
}
