namespace CiCompliance.GitHub;

/// <summary>What publishing spends at most.</summary>
/// <param name="Request">For one request and its whole answer.</param>
/// <param name="Waiting">For all pauses together that the server asks for: a job costs money while it sleeps.</param>
internal sealed record GitHubBounds(TimeSpan Request, TimeSpan Waiting, int MaxAnswerBytes)
{
    /// <summary>How often a request is sent at most, whatever happens to it.</summary>
    public const int Attempts = 5;

    public static readonly GitHubBounds Default = new(TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(30), 16 << 20);
}
