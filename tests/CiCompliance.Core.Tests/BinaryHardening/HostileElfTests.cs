using System.Buffers.Binary;
using CiCompliance.BinaryHardening;
using CiCompliance.Diagnostics;

namespace CiCompliance.Core.Tests.BinaryHardening;

/// <summary>Broken twins of a binary that passes: each is refused or fails in the property that was broken, and nothing else is thrown.</summary>
public sealed class HostileElfTests
{
    private const int Mutations = 4000;

    private readonly TempDirectory folder = new();
    private byte[] good = [];

    [OneTimeSetUp]
    public void BuildProgram()
    {
        good = File.ReadAllBytes(GoPrograms.Build("go1.23", "std-cgo", true, "-buildmode=pie", "-ldflags", "-s -w -bindnow"));
        Judge(good)!.Verdict.ShouldBe(Verdict.Pass);
    }

    [OneTimeTearDown]
    public void RemoveFolder() => folder.Dispose();

    [Test]
    public void Verify_WhenTruncatedAnywhereInItsTables_IsRefused()
    {
        var sections = (int)BinaryPrimitives.ReadUInt64LittleEndian(good.AsSpan(40));
        int[] lengths = [0, 1, 4, 16, 63, 64, 65, 120, 176, 700, 4096, sections - 1, sections, sections + 1, sections + 63, good.Length / 2];
        foreach (var length in lengths.Where(length => length < good.Length))
        {
            Judge(good[..length]).ShouldBeNull($"{length} bytes");
        }
    }

    [Test]
    public void Verify_WhenHeaderAndTablesAreMutated_NeverThrowsAnythingElse()
    {
        var random = new DeterministicBytes(20261122);
        var areas = Tables().ToList();
        var refused = 0;
        for (var i = 0; i < Mutations; i++)
        {
            var (start, length) = areas[random.Next(areas.Count)];
            var at = start + random.Next(length);
            var (old, mutated) = (good[at], (byte)(random.Next(3) switch { 0 => good[at] ^ (1 << random.Next(8)), 1 => 0xff, _ => random.Next(256) }));
            refused += WithByte(at, mutated, Judge) is null ? 1 : 0;
            good[at].ShouldBe(old);
        }

        refused.ShouldBeInRange(Mutations / 20, Mutations - 1);
    }

    [Test]
    public void Verify_WhenABitOfBindNowIsCleared_BindNowAndRelroFail()
    {
        var broken = (byte[])good.Clone();
        Clear(broken, 30, 8);
        Clear(broken, 0x6ffffffb, 1);

        Failing(broken).ShouldBe([HardeningProperties.Relro, HardeningProperties.BindNow]);
    }

    [TestCase(0x6474e552u, HardeningProperties.Relro, Description = "PT_GNU_RELRO becomes PT_NULL")]
    [TestCase(0x6474e551u, HardeningProperties.NxStack, Description = "PT_GNU_STACK becomes PT_NULL")]
    public void Verify_WhenAProgramHeaderIsErased_ThatPropertyFails(uint type, string property)
    {
        var broken = (byte[])good.Clone();
        BinaryPrimitives.WriteUInt32LittleEndian(broken.AsSpan(Segment(type)), 0);

        Failing(broken).ShouldBe([property]);
    }

    [Test]
    public void Verify_WhenTheStackIsExecutable_Fails()
    {
        var broken = (byte[])good.Clone();
        broken[Segment(0x6474e551) + 4] |= 1;

        Failing(broken).ShouldBe([HardeningProperties.NxStack]);
    }

    [Test]
    public void Verify_WhenASegmentIsWritableAndExecutable_Fails()
    {
        var broken = (byte[])good.Clone();
        broken[Segment(1) + 4] |= 3;

        Failing(broken).ShouldBe([HardeningProperties.NoWx]);
    }

    [Test]
    public void Verify_WhenRelroEndsInTheMiddleOfTheGotsPage_TheGotIsInTheWritableTail()
    {
        var broken = (byte[])good.Clone();
        SetRelroEnd(broken, Got(broken).End + 8);

        var relro = Judge(broken)!.Properties[0];
        relro.Verdict.ShouldBe(Verdict.Fail);
        relro.Detail.En.ShouldContain("last page");
    }

    [Test]
    public void Verify_WhenTheTailPageHoldsOnlyReservedSlots_NothingIsImportedAndItPasses()
    {
        var pure = File.ReadAllBytes(GoPrograms.Build("go1.23", "pure", false, "-buildmode=pie", "-ldflags", "-s -w -bindnow"));
        var (twin, old) = (good, good);
        good = pure;
        try
        {
            using (var file = Open(pure))
            {
                var dynamic = file.Single(ElfSegment.Dynamic)!.Value.Memory;
                SetRelroEnd(twin = (byte[])pure.Clone(), dynamic.End + 8);
            }

            var relro = Judge(twin)!.Properties[0];
            relro.Verdict.ShouldBe(Verdict.Pass);
            relro.Detail.En.ShouldContain("nothing is imported");
        }
        finally
        {
            good = old;
        }
    }

    [Test]
    public void Verify_WhenRelroEndsBeforeTheGot_ItIsOutside()
    {
        var broken = (byte[])good.Clone();
        SetRelroEnd(broken, Got(broken).Start);

        var relro = Judge(broken)!.Properties[0];
        relro.Verdict.ShouldBe(Verdict.Fail);
        relro.Detail.En.ShouldContain("outside");
    }

    [Test]
    public void Verify_WhenSectionHeadersAreGone_TheGotIsStillJudgedByTheRelocations()
    {
        var broken = (byte[])good.Clone();
        SetRelroEnd(broken, Got(broken).Start);
        broken.AsSpan(40, 8).Clear();
        broken.AsSpan(60, 4).Clear();

        Failing(broken).ShouldBe([HardeningProperties.Relro, HardeningProperties.BuildInfo]);
    }

    [Test]
    public void Verify_WhenTwoRelroSegments_IsRefused()
    {
        var broken = (byte[])good.Clone();
        BinaryPrimitives.WriteUInt32LittleEndian(broken.AsSpan(Segment(0x6474e551)), 0x6474e552);

        Judge(broken).ShouldBeNull();
    }

    [TestCase(4, 1, Description = "32-bit")]
    [TestCase(5, 2, Description = "big-endian")]
    [TestCase(7, 9, Description = "FreeBSD")]
    [TestCase(16, 1, Description = "an object file")]
    [TestCase(16, 4, Description = "a core dump")]
    [TestCase(18, 3, Description = "i386")]
    [TestCase(56, 0, Description = "no program headers")]
    [TestCase(57, 0xff, Description = "65281 program headers")]
    [TestCase(61, 0xff, Description = "65280 section headers")]
    [TestCase(39, 0xff, Description = "program headers past the end")]
    public void Verify_WhenTheHeaderSaysSomethingElse_IsRefused(int at, int value) => WithByte(at, (byte)value, Judge).ShouldBeNull();

    [Test]
    public void Verify_WhenTheFileIsNoElf_CannotDecide()
    {
        var path = folder.Write("script", "#!/bin/sh\n" + new string('#', 100));

        Should.Throw<CiComplianceException>(() => HardeningVerifier.Verify(path, TruthTableTests.Strict)).Diagnostic.ShouldBe(HardeningDiagnostics.NotJudged);
    }

    [Test]
    public void Verify_WhenTheFileIsMissing_IsUsage() =>
        Should.Throw<CiComplianceException>(() => HardeningVerifier.Verify(folder.Combine("absent"), TruthTableTests.Strict)).Diagnostic.ShouldBe(HardeningDiagnostics.NotReadable);

    [Test]
    public void Verify_WhenTheFileIsADevice_DoesNotWait() =>
        Should.Throw<CiComplianceException>(() => HardeningVerifier.Verify("/dev/zero", TruthTableTests.Strict)).Diagnostic.ShouldBe(HardeningDiagnostics.NotJudged);

    [Test]
    public void Verify_WhenTheFileIsALink_JudgesWhatItLeadsTo()
    {
        File.WriteAllBytes(folder.Combine("program"), good);
        File.CreateSymbolicLink(folder.Combine("link"), "program");
        File.CreateSymbolicLink(folder.Combine("dangling"), "absent");

        HardeningVerifier.Verify(folder.Combine("link"), TruthTableTests.Strict).Verdict.ShouldBe(Verdict.Pass);
        Should.Throw<CiComplianceException>(() => HardeningVerifier.Verify(folder.Combine("dangling"), TruthTableTests.Strict)).Diagnostic.ShouldBe(HardeningDiagnostics.NotReadable);
    }

    [Test]
    public void Verify_WhenTheFileIsSparseAndHuge_ReadsOnlyWhatItNeeds()
    {
        var path = folder.Combine("huge");
        File.WriteAllBytes(path, good);
        using (var file = File.OpenWrite(path))
        {
            file.SetLength(8L << 30);
        }

        HardeningVerifier.Verify(path, TruthTableTests.Strict).Verdict.ShouldBe(Verdict.Pass);
    }

    private IEnumerable<(int Start, int Length)> Tables()
    {
        var segments = BinaryPrimitives.ReadUInt16LittleEndian(good.AsSpan(56)) * 56;
        var sections = (int)BinaryPrimitives.ReadUInt64LittleEndian(good.AsSpan(40));
        var dynamic = Segment(2);
        yield return (0, 64);
        yield return (64, segments);
        yield return (sections, BinaryPrimitives.ReadUInt16LittleEndian(good.AsSpan(60)) * 64);
        yield return ((int)BinaryPrimitives.ReadUInt64LittleEndian(good.AsSpan(dynamic + 8)), (int)BinaryPrimitives.ReadUInt64LittleEndian(good.AsSpan(dynamic + 32)));
    }

    private int Segment(uint type) => Enumerable.Range(0, BinaryPrimitives.ReadUInt16LittleEndian(good.AsSpan(56))).Select(i => 64 + (i * 56))
        .First(at => BinaryPrimitives.ReadUInt32LittleEndian(good.AsSpan(at)) == type);

    private (ulong Start, ulong End) Got(byte[] binary)
    {
        using var file = Open(binary);
        var section = file.Section(".got.plt")!.Value;
        return (section.Address, section.Address + section.Size);
    }

    private void SetRelroEnd(byte[] binary, ulong end)
    {
        var at = Segment(0x6474e552);
        var size = end - BinaryPrimitives.ReadUInt64LittleEndian(binary.AsSpan(at + 16));
        BinaryPrimitives.WriteUInt64LittleEndian(binary.AsSpan(at + 32), size);
        BinaryPrimitives.WriteUInt64LittleEndian(binary.AsSpan(at + 40), size);
    }

    private void Clear(byte[] binary, ulong tag, byte bits)
    {
        var start = (int)BinaryPrimitives.ReadUInt64LittleEndian(good.AsSpan(Segment(2) + 8));
        while (BinaryPrimitives.ReadUInt64LittleEndian(binary.AsSpan(start)) != tag)
        {
            start += 16;
        }

        binary[start + 8] &= (byte)~bits;
    }

    private ElfFile Open(byte[] binary)
    {
        var path = folder.Combine("twin");
        File.WriteAllBytes(path, binary);
        return ElfFile.Open(path);
    }

    private T WithByte<T>(int at, byte value, Func<byte[], T> judge)
    {
        var old = good[at];
        good[at] = value;
        try
        {
            return judge(good);
        }
        finally
        {
            good[at] = old;
        }
    }

    private string[] Failing(byte[] binary) =>
        [.. Judge(binary)!.Properties.Where(property => property.Verdict == Verdict.Fail).Select(property => property.Id)];

    /// <summary>Null where it is refused as malformed; any other exception fails the test.</summary>
    private HardeningReport? Judge(byte[] binary)
    {
        try
        {
            using var file = Open(binary);
            return HardeningVerifier.Judge(file, TruthTableTests.Strict);
        }
        catch (ElfFormatException)
        {
            return null;
        }
    }
}
