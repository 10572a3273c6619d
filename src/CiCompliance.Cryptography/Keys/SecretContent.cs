namespace CiCompliance.Cryptography.Keys;

/// <summary>Secrets that are no keys, by the same rules: a file that nobody else may read, or a descriptor.</summary>
public static class SecretContent
{
    /// <param name="reference">A path or <c>fd:N</c>.</param>
    /// <returns>At most 64 KiB; the caller clears it.</returns>
    /// <exception cref="Diagnostics.CiComplianceException">Unreadable, too large, or open to others.</exception>
    public static byte[] Read(string reference) => SecretFile.ReadSecret(reference);

    /// <param name="reference">A path or <c>fd:N</c>.</param>
    /// <returns>The first line without its end; the caller clears it.</returns>
    /// <exception cref="Diagnostics.CiComplianceException">As <see cref="Read"/>, or empty or too long.</exception>
    public static byte[] ReadPassphrase(string reference) => SecretFile.ReadPassphrase(reference);
}
