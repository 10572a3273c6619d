using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;

namespace CiCompliance.Cryptography.Digests;

/// <summary>SM3 (GB/T 32905) over data that comes in pieces. Not thread safe.</summary>
internal abstract class IncrementalSm3 : IDisposable
{
    public const int Size = 32;

    public static IncrementalSm3 Create() => LibCrypto.CreateSm3() is { } context ? new Native(context) : new Managed();

    public static IncrementalSm3 CreateManaged() => new Managed();

    public static byte[] HashData(ReadOnlySpan<byte> data)
    {
        using var hash = Create();
        hash.Append(data);
        return hash.Finish();
    }

    public abstract void Append(ReadOnlySpan<byte> data);

    public abstract byte[] Finish();

    public virtual void Dispose()
    {
    }

    private sealed class Native(LibCrypto.Sm3Context context) : IncrementalSm3
    {
        public override void Append(ReadOnlySpan<byte> data) => Check(LibCrypto.Update(context, data, (nuint)data.Length));

        public override byte[] Finish()
        {
            var digest = new byte[Size];
            Check(LibCrypto.Final(context, digest, out var length));
            return length == Size ? digest : throw new CryptographicException("SM3 gave a digest of another size");
        }

        public override void Dispose()
        {
            context.Dispose();
            base.Dispose();
        }

        private static void Check(int result)
        {
            if (result != 1)
            {
                throw new CryptographicException("libcrypto refused SM3 data");
            }
        }
    }

    private sealed class Managed : IncrementalSm3
    {
        private readonly SM3Digest digest = new();
        private readonly byte[] buffer = new byte[4096];

        public override void Append(ReadOnlySpan<byte> data)
        {
            while (!data.IsEmpty)
            {
                var count = Math.Min(data.Length, buffer.Length);
                data[..count].CopyTo(buffer);
                digest.BlockUpdate(buffer, 0, count);
                data = data[count..];
            }
        }

        public override byte[] Finish()
        {
            var result = new byte[Size];
            digest.DoFinal(result, 0);
            return result;
        }
    }
}
