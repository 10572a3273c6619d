using CiCompliance.Testing;

namespace CiCompliance.Benchmarks.Agreement;

/// <param name="IsGood">Whether git ended with 0.</param>
/// <param name="WasGood">Whether it does where gpg is told the signature's own time; asked only of keys that have expired since.</param>
/// <param name="Word">gpg's status word, or what git made of ssh-keygen's answer.</param>
internal sealed record GitAnswer(bool IsGood, bool WasGood, string Word);

/// <summary>Asks <c>git verify-commit</c> and <c>git verify-tag</c>, which know the given keys and nothing of this machine's settings.</summary>
internal sealed class GitAnswers : IDisposable
{
    private const string Status = "[GNUPG:] ";
    private const string TimeVariable = "CICOMPLIANCE_BENCHMARK_TIME";

    // gpg-interface.c of git looks for these; ERRSIG also stands before NO_PUBKEY.
    private static readonly string[] GpgWords = ["GOODSIG", "BADSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "NO_PUBKEY", "ERRSIG"];

    private readonly string repository;
    private readonly GpgHome gpg = new();
    private readonly TempDirectory home = new();

    public GitAnswers(string repository, IReadOnlyList<string> keyFiles)
    {
        this.repository = repository;
        var signers = new List<string>();
        foreach (var file in keyFiles)
        {
            if (IsOpenPgp(File.ReadAllBytes(file)))
            {
                // Ends with 2 where it left one of many keys out.
                Peer.TryRun("gpg", ["--batch", "--import", file], gpg.Environment);
            }
            else
            {
                signers.AddRange(File.ReadAllLines(file));
            }
        }

        File.WriteAllLines(Signers, signers);
        File.WriteAllText(Program, $"#!/bin/sh\nexec gpg ${{{TimeVariable}:+--faked-system-time \"${TimeVariable}\"}} \"$@\"\n");
        File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string Signers => Path.Combine(home.Path, "allowed_signers");

    private string Program => Path.Combine(home.Path, "gpg-at");

    /// <summary>As of now; a key that has expired since is asked about once more as of the signature's own time.</summary>
    public GitAnswer Of(string verb, string oid)
    {
        var now = Ask(verb, oid, time: null);
        var word = WordOf(now.Error);
        if (word != "EXPKEYSIG" || SignedAt(now.Error) is not { } time)
        {
            return new(now.ExitCode == 0, WasGood: false, word);
        }

        var then = Ask(verb, oid, time);
        return new(now.ExitCode == 0, then.ExitCode == 0, $"{word} (then {WordOf(then.Error)})");
    }

    public void Dispose()
    {
        gpg.Dispose();
        home.Dispose();
    }

    private static bool IsOpenPgp(ReadOnlySpan<byte> content) => content is [>= 0x80, ..] || content.IndexOf("-----BEGIN PGP "u8) >= 0;

    private static string WordOf(string answer)
    {
        var words = answer.Split('\n').Where(line => line.StartsWith(Status, StringComparison.Ordinal)).Select(line => line[Status.Length..].Split(' ')[0]).ToList();
        return GpgWords.FirstOrDefault(words.Contains) is { } word ? (word == "ERRSIG" && words.Contains("NO_PUBKEY") ? "NO_PUBKEY" : word)
            : answer.Contains("Good \"git\" signature for", StringComparison.Ordinal) ? "good, for a principal"
            : answer.Contains("No principal matched", StringComparison.Ordinal) ? "no principal"
            : answer.Contains("incorrect signature", StringComparison.Ordinal) ? "incorrect signature"
            : "no signature seen";
    }

    // VALIDSIG <fingerprint> <date> <seconds since 1970> …
    private static string? SignedAt(string answer) =>
        answer.Split('\n').FirstOrDefault(line => line.StartsWith(Status + "VALIDSIG ", StringComparison.Ordinal))?.Split(' ')[4];

    private Peer.Result Ask(string verb, string oid, string? time)
    {
        var environment = new Dictionary<string, string>(gpg.Environment)
        {
            ["HOME"] = home.Path, ["GIT_CONFIG_NOSYSTEM"] = "1", ["GIT_CONFIG_GLOBAL"] = "/dev/null", ["GIT_NO_REPLACE_OBJECTS"] = "1",
            ["TZ"] = "UTC", [TimeVariable] = time ?? "",
        };
        return Peer.TryRun("git", ["-c", $"gpg.program={Program}", "-c", $"gpg.ssh.allowedSignersFile={Signers}", "-C", repository, verb, "--raw", oid], environment);
    }
}
