using System.Collections.Concurrent;
using System.Text.Json;
using CiCompliance.Keys;
using CiCompliance.Server.Hosting;
using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Log.Entries;

/// <summary>
/// Keys by the text that requests carry them in, so that one is read and imported once. Bounded: when the younger half is full, the
/// older is let go.
/// </summary>
internal sealed class VerifierKeys(ISignatureVerifier ed25519)
{
    private const int HalfSize = 2048;
    private const int MaxCachedText = 4096;

    private readonly Lock gate = new();
    private ConcurrentDictionary<(KeyForm Form, string Text), VerifierKey> young = new();
    private ConcurrentDictionary<(KeyForm Form, string Text), VerifierKey> old = new();

    private enum KeyForm
    {
        Pem,
        Key,
        Certificate,
    }

    /// <param name="base64">Base64 of PEM.</param>
    /// <exception cref="RefusedException">Not a key or certificate that is verified here.</exception>
    public VerifierKey FromPem(string base64) => Find(KeyForm.Pem, base64);

    /// <param name="base64">Base64 of DER.</param>
    /// <exception cref="RefusedException">Not a key or certificate that is verified here.</exception>
    public VerifierKey FromDer(string base64, bool isCertificate) => Find(isCertificate ? KeyForm.Certificate : KeyForm.Key, base64);

    private VerifierKey Find(KeyForm form, string text)
    {
        if (young.TryGetValue((form, text), out var known))
        {
            return known;
        }

        var key = old.TryGetValue((form, text), out var older) ? older : VerifierKey.Create(Read(form, text), ed25519);
        if (text.Length <= MaxCachedText)
        {
            young.TryAdd((form, text), key);
            if (young.Count > HalfSize)
            {
                Age();
            }
        }

        return key;
    }

    private void Age()
    {
        lock (gate)
        {
            if (young.Count > HalfSize)
            {
                old = young;
                young = new();
            }
        }
    }

    private static EntrySigner Read(KeyForm form, string text)
    {
        try
        {
            return form == KeyForm.Pem ? EntrySigner.FromPem(text) : new EntrySigner(Base64Text.Decode(text, "rawBytes"), form == KeyForm.Certificate);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new RefusedException("bad-key", "error processing entry: a public key is not PEM of a key or certificate");
        }
    }
}
