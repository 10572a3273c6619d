using CiCompliance.TransparencyLog;

namespace CiCompliance.Server.Log;

/// <summary>
/// One signed state of the tree in both forms. Only that of Rekor v1 is stored: the other is signed when it is first asked for, over a
/// root that is on the disk already, so no crash can leave a fork between them.
/// </summary>
internal sealed class LogHead(LogStore store, Checkpoint checkpoint)
{
    private readonly Lazy<string> v1 = new(checkpoint.ToString);
    private readonly Lazy<string> v2 = new(() => store.SignForV2(checkpoint).ToString());

    public Checkpoint Checkpoint => checkpoint;

    public string V1 => v1.Value;

    public string V2 => v2.Value;
}
