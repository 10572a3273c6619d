namespace CiCompliance.Server.Hosting;

/// <summary>A request that this log does not take, in words for its sender. Answered with a status of the API that was called.</summary>
/// <param name="reason">A word for the metrics.</param>
#pragma warning disable CA1064 // It never leaves the server: one place answers it.
internal sealed class RefusedException(string reason, string message, int status = 400) : Exception(message)
#pragma warning restore CA1064
{
    public string Reason { get; } = reason;

    public int Status { get; } = status;
}
