using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Server.Tests.Log;

/// <summary>A log key that signs only while its gate is open: what waits for a checkpoint waits as long as the test wants.</summary>
internal sealed class GatedSigner(EcdsaTestSigner key) : ISigner
{
    private int waiting;

    public ManualResetEventSlim Gate { get; } = new(true);

    public int Signed { get; private set; }

    /// <summary>
    /// Returns when a signature is asked for: then the batch is closed, and what comes next is in the next one. That the queue is empty
    /// says less: the sequencer may still be looking for more.
    /// </summary>
    public void WaitUntilAsked() => SpinWait.SpinUntil(() => Volatile.Read(ref waiting) > 0, TimeSpan.FromSeconds(60)).ShouldBeTrue();

    /// <summary>What signing ends with as long as it is set.</summary>
    public Exception? Failure { get; set; }

    public KeyAlgorithm Algorithm => key.Algorithm;

    public string KeyId => key.KeyId;

    public byte[] PublicKey => key.PublicKey;

    public IReadOnlyList<byte[]> CertificateChain => [];

    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        Interlocked.Increment(ref waiting);
        Gate.Wait();
        Interlocked.Decrement(ref waiting);
        Signed++;
        if (Failure is { } failure)
        {
            throw failure;
        }

        return key.Sign(message);
    }

    public void Dispose()
    {
        Gate.Set();
    }
}
