using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.Mutations;

/// <summary>
/// Mutated signatures, keys, keyrings and objects of every kind: none passes but where nothing that the verdict rests on has changed (see
/// <see cref="Essence"/>), none crashes, hangs or allocates without bound. CICOMPLIANCE_MUTATIONS says how many (<c>./build.sh --target=Mutate</c>: 100,000),
/// CICOMPLIANCE_MUTATION_SEED repeats the choices of a run; the signatures themselves are made anew, so a failure prints its input.
/// </summary>
public sealed class MutationTests
{
    private const int UsualCount = 1_000;

    private readonly ulong seed = Number("CICOMPLIANCE_MUTATION_SEED") ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
    private readonly Watchdog watchdog = new();
    private readonly SortedDictionary<string, (int Inputs, int Passed)> counts = new(StringComparer.Ordinal);

    [Test]
    public void Verify_OfMutatedInputs_NeverPassesForAnotherMeaning()
    {
        var count = (int)(Number("CICOMPLIANCE_MUTATIONS") ?? UsualCount);
        TestContext.Out.WriteLine($"seed {seed}");
        using var makers = new Specimens();
        var specimens = makers.MakeAll();
        foreach (var good in specimens.SelectMany(Unchanged))
        {
            good.Run().ShouldBeTrue($"{good.Specimen.Kind} {good.Place}: the unchanged one passes");
        }

        var random = new DeterministicBytes(seed);
        watchdog.Run(() =>
        {
            for (var i = 0; i < count; i++)
            {
                Check(i, Mutation.Of(specimens[i % specimens.Count], random));
            }
        });
        Report(count);
    }

    private static IEnumerable<Attempt> Unchanged(Specimen specimen) =>
    [
        Attempt.OfSignature(specimen, specimen.Armour),
        Attempt.OfSignature(specimen, specimen.Form.Armour(specimen.Form.Dearmour(specimen.Armour))),
        Attempt.OfPayload(specimen, Specimen.CommitPayload),
        Attempt.OfKey(specimen, specimen.Key.Trusted.PublicKey, hasOwnId: false),
        Attempt.OfKeyring(specimen, specimen.Key.Keyring),
        Attempt.OfCommit(specimen, Specimen.Commit(specimen.Armour)),
        Attempt.OfTag(specimen, [.. Specimen.TagPayload, .. specimen.Tag]),
    ];

    private void Check(int index, Attempt attempt)
    {
        try
        {
            var passed = watchdog.Measure(attempt.MayAllocate, Describe, attempt.Run);
            var kind = $"{attempt.Specimen.Kind} {attempt.Place}";
            var (inputs, passes) = counts.GetValueOrDefault(kind);
            counts[kind] = (inputs + 1, passes + (passed ? 1 : 0));
        }
        catch (Exception e) when (e is not ResultStateException)
        {
            throw new AssertionException($"{Describe()}\n{e}", e);
        }

        string Describe() => new StringBuilder($"seed {seed}, input {index}, {attempt.Specimen.Kind}, mutated {attempt.Place}\n")
            .AppendLine(CultureInfo.InvariantCulture, $"mutated: {Convert.ToBase64String(attempt.Changed)}")
            .AppendLine(CultureInfo.InvariantCulture, $"good signature: {Convert.ToBase64String(attempt.Specimen.Armour)}")
            .AppendLine(CultureInfo.InvariantCulture, $"key {attempt.Specimen.Key.Trusted.Id}: {Convert.ToBase64String(attempt.Specimen.Key.Trusted.PublicKey)}")
            .ToString();
    }

    private void Report(int count)
    {
        foreach (var (kind, (inputs, passed)) in counts)
        {
            TestContext.Out.WriteLine($"{kind,-28} {inputs,8:N0} inputs, {passed,6:N0} pass with nothing changed that the verdict rests on");
        }

        TestContext.Out.WriteLine($"{count:N0} inputs; the slowest took {watchdog.Longest.TotalMilliseconds:N0} ms; one allocated at most {watchdog.MostAllocated:N0} bytes");
        counts.Values.Sum(each => each.Inputs).ShouldBe(count);
    }

    private static ulong? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : null;
}
