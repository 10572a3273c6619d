using System.Text.Json;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.Keys;

namespace CiCompliance.GoProxy.Publishers;

/// <summary>
/// Finds out whether a publisher whom the organisation trusts for the module's path has signed exactly this zip and this go.mod. Sources are asked in
/// order; the first with such a signature ends the search, and bad ones beside it change nothing. Thread safe.
/// </summary>
/// <param name="sources">None: no version passes.</param>
public sealed class PublisherVerifier(
    TrustStore trust, IReadOnlyList<ISignatureSource> sources, ISignatureVerifier signatures, IOpenPgpVerifier openPgp, TimeProvider clock) : IModuleSignatures
{
    // A developer's go command waits.
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(60);

    private readonly SignatureJudge judge = new(trust, signatures, openPgp, clock);

    /// <param name="zipHash">Of the zip that was downloaded, <c>h1:</c>…; never one that somebody gave.</param>
    /// <param name="goModHash">Of the go.mod that was downloaded.</param>
    /// <exception cref="FormatException">Not a module version, or not such hashes.</exception>
    public async Task<PublisherAnswer> VerifyAsync(ModuleVersion module, string zipHash, string goModHash, CancellationToken cancellationToken)
    {
        var statement = ModuleStatement.Create(module, zipHash, goModHash);
        var (refused, silent) = (new List<JudgedSignature>(), new List<SilentSource>());
        foreach (var source in sources)
        {
            try
            {
                var found = await source.FindAsync(statement, cancellationToken);
                var judged = found is null ? [] : Judge(statement, found, source.Name);
                if (judged.FirstOrDefault(signature => signature.Outcome == PublisherOutcome.Valid) is { } valid)
                {
                    return new(PublisherOutcome.Valid, statement, null, valid, [.. refused, .. judged.Where(other => other.Outcome != PublisherOutcome.Valid)], silent);
                }

                refused.AddRange(judged);
            }
            catch (SignatureSourceException e)
            {
                silent.Add(new(source.Name, e.Why));
            }
            catch (JsonException e)
            {
                var problem = e.Problem();
                refused.Add(new(PublisherOutcome.InvalidSignature, source.Name, null, null, null,
                    new($"it is no signature file ({problem.En})", $"不是签名文件({problem.Zh})")));
            }
        }

        return Refuse(statement, refused, silent);
    }

    /// <inheritdoc/>
    public async Task<string> RequireAsync(SumdbRecord record, CancellationToken cancellationToken)
    {
        using var limit = new TimeLimit(MaxTime, clock, cancellationToken);
        PublisherAnswer answer;
        try
        {
            answer = await VerifyAsync(record.Module, record.Zip, record.GoMod, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CiComplianceException(PublisherFindings.ServiceDown(record.Module, new(string.Join(", ", sources.Select(source => source.Name)),
                new($"no answer within {MaxTime.TotalSeconds:0} s", $"{MaxTime.TotalSeconds:0} 秒内没有答复"))));
        }

        return answer is { Outcome: PublisherOutcome.Valid, Accepted.KeyId: { } key } ? key : throw new CiComplianceException(answer.Finding!);
    }

    private List<JudgedSignature> Judge(ModuleStatement statement, ModuleSignatures found, string source) => found.IsOver(statement)
        ? [.. found.Signatures.Select(signature => judge.Judge(statement, signature, source))]
        : [.. found.Signatures.Select(signature => new JudgedSignature(
            PublisherOutcome.InvalidSignature, source, signature.KeyId, trust.Keys.FirstOrDefault(key => key.Id == signature.KeyId)?.Name, null, statement.DifferenceFrom(found)))];

    /// <summary>A source that is down may be the one that has it. Of what was found, a signature that fails is worse than a key that doesn't count.</summary>
    private PublisherAnswer Refuse(ModuleStatement statement, List<JudgedSignature> refused, List<SilentSource> silent)
    {
        var worst = refused.FirstOrDefault(signature => signature.Outcome == PublisherOutcome.InvalidSignature) ?? refused.FirstOrDefault();
        var (outcome, finding) = silent is [var first, ..] ? (PublisherOutcome.ServiceDown, PublisherFindings.ServiceDown(statement.Module, first))
            : worst is null ? (PublisherOutcome.MissingSignature, PublisherFindings.Missing(statement.Module, [.. sources.Select(source => source.Name)]))
            : worst.Outcome == PublisherOutcome.InvalidSignature ? (worst.Outcome, PublisherFindings.Invalid(statement.Module, worst))
            : (worst.Outcome, PublisherFindings.NotAllowed(statement.Module, worst));
        return new(outcome, statement, finding, null, refused, silent);
    }
}
