using System.Text.Json;

namespace CiCompliance.GoProxy.Publishers;

/// <summary>Where publishers' signatures lie. Nothing that it gives is believed.</summary>
public interface ISignatureSource
{
    /// <summary>Its folder or address, without credentials.</summary>
    string Name { get; }

    /// <summary>What it has for the version. It may be over another statement: who signed what is the verifier's to say.</summary>
    /// <returns>Null where it has none, and says so.</returns>
    /// <exception cref="SignatureSourceException">It can't be asked, or its answer can't be used. This never means that there is no signature.</exception>
    /// <exception cref="JsonException">What it has is no signature file.</exception>
    Task<ModuleSignatures?> FindAsync(ModuleStatement statement, CancellationToken cancellationToken);
}

/// <summary>A source of signatures gave no answer that can be used.</summary>
/// <param name="why">One line, without credentials.</param>
public sealed class SignatureSourceException(LocalizedText why, Exception? cause = null) : Exception(why.En, cause)
{
    public LocalizedText Why { get; } = why;
}
