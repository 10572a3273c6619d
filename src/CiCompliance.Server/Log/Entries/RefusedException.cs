namespace CiCompliance.Server.Log.Entries;

/// <summary>A request that this log does not take, in words for its sender. Answered with a status of the API that was called.</summary>
/// <param name="reason">A word for the metrics.</param>
internal sealed class RefusedException(string reason, string message, int status = 400) : Exception(message)
{
    public string Reason { get; } = reason;

    public int Status { get; } = status;
}
