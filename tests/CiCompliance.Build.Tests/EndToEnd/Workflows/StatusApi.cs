using System.Text.Json;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd.Workflows;

/// <summary>The commit statuses of acme/ledger, as GitHub's API lists them: newest first.</summary>
internal sealed class StatusApi : IDisposable
{
    private readonly List<(string Commit, string State, string Creator, string Context)> statuses = [];

    public StatusApi() => Stub = new GitHubStub { Answer = List };

    public GitHubStub Stub { get; }

    public string Url => Stub.ApiUrl;

    public void Add(string commit, string state, string creator = "github-actions[bot]", string context = "CiCompliance (main)") =>
        statuses.Add((commit, state, creator, context));

    public void Clear() => statuses.Clear();

    public void Dispose() => Stub.Dispose();

    private GitHubAnswer List(GitHubRequest request) => new(200, JsonSerializer.Serialize(statuses.AsEnumerable().Reverse()
        .Where(status => request.Path == $"/api/v3/repos/acme/ledger/commits/{status.Commit}/statuses")
        .Select(status => new { state = status.State, context = status.Context, creator = new { login = status.Creator } })));
}
