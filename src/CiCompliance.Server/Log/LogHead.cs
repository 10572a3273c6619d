using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Log;

/// <summary>
/// One signed state of the tree in both forms. Only that of Rekor v1 is stored: the other is signed when it is first asked for, over a
/// root that is on the disk already, so no crash can leave a fork between them.
/// </summary>
internal sealed class LogHead(LogStore store, Checkpoint checkpoint)
{
    private readonly Lock gate = new();
    private readonly Lazy<string> v1 = new(checkpoint.ToString);
    private string? v2;

    public Checkpoint Checkpoint => checkpoint;

    public string V1 => v1.Value;

    /// <summary>Signed once; a signature that fails is tried again by the next who asks.</summary>
    public string V2
    {
        get
        {
            lock (gate)
            {
                return v2 ??= store.SignForV2(checkpoint).ToString();
            }
        }
    }
}
