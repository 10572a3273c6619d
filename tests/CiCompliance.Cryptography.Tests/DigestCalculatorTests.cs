using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CiCompliance.Cryptography.Digests;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests;

public sealed class DigestCalculatorTests
{
    private readonly DigestCalculator calculator = new();

    [TestCaseSource(nameof(Sm3Vectors))]
    public void Compute_WhenVectorIsPublished_GivesItsDigest(byte[] content, string expected)
    {
        calculator.Compute(content).Sm3.ShouldBe(expected);
        calculator.Compute(content).Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(content)));
        calculator.Compute(new MemoryStream(content), CancellationToken.None).Sm3.ShouldBe(expected);
    }

    [TestCaseSource(nameof(Sm3Vectors))]
    public void IncrementalSm3_WhenLibcryptoIsMissing_GivesTheSame(byte[] content, string expected)
    {
        using var hash = IncrementalSm3.CreateManaged();
        hash.Append(content.AsSpan(0, content.Length / 3));
        hash.Append(content.AsSpan(content.Length / 3));
        Convert.ToHexStringLower(hash.Finish()).ShouldBe(expected);
    }

    [Test]
    public void HasSm3_WhenLibcryptoIsInstalled_UsesIt()
    {
        if (!File.Exists("/usr/lib/x86_64-linux-gnu/libcrypto.so.3"))
        {
            Assert.Ignore("needs libcrypto.so.3");
        }

        LibCrypto.HasSm3.ShouldBeTrue();
    }

    [TestCase(1 << 20)]
    [TestCase((1 << 20) - 1)]
    [TestCase((3 << 20) + 17)]
    [TestCase(4 << 20)]
    public void Compute_WhenStreamIsLongAndComesInSmallPieces_GivesTheDigestsOfTheWhole(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        var expected = calculator.Compute(content);
        calculator.Compute(new SlowStream(content, failAt: int.MaxValue), CancellationToken.None).ShouldBe(expected);
    }

    [Test]
    public void Compute_WhenReadingFailsMidway_SaysSo() =>
        Should.Throw<IOException>(() => calculator.Compute(new SlowStream(new byte[5 << 20], failAt: 3 << 20), CancellationToken.None));

    [Test]
    public void Compute_WhenCancelled_Stops() =>
        Should.Throw<OperationCanceledException>(() => calculator.Compute(new MemoryStream(new byte[3 << 20]), new CancellationToken(canceled: true)));

    private static IEnumerable<TestCaseData> Sm3Vectors()
    {
        using var document = JsonDocument.Parse(TestVectors.Read("sm2", "vectors.json"));
        foreach (var vector in document.RootElement.GetProperty("sm3").EnumerateArray())
        {
            var text = vector.TryGetProperty("ascii", out var ascii)
                ? ascii.GetString()!
                : new string(vector.GetProperty("repeat").GetString()![0], vector.GetProperty("count").GetInt32());
            yield return new TestCaseData(Encoding.ASCII.GetBytes(text), vector.GetProperty("digest").GetString())
                .SetArgDisplayNames(vector.GetProperty("name").GetString()!);
        }
    }

    private sealed class SlowStream(byte[] content, int failAt) : MemoryStream(content)
    {
        public override int Read(Span<byte> buffer) =>
            Position >= failAt ? throw new IOException("the disk is gone") : base.Read(buffer[..Math.Min(buffer.Length, 100_003)]);
    }
}
