namespace CiCompliance.Server.Hosting;

/// <summary>Nothing is wrong with the request, but it can't be served now. Answered 503.</summary>
#pragma warning disable CA1064 // It never leaves the server: one place answers it.
internal sealed class UnavailableException(string reason, string message) : Exception(message)
#pragma warning restore CA1064
{
    public string Reason { get; } = reason;
}
