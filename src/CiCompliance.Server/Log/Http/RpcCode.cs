namespace CiCompliance.Server.Log.Http;

/// <summary>google.rpc.Code, which Rekor v2 answers in its bodies, of an HTTP status.</summary>
internal static class RpcCode
{
    public static int Of(int status) => status switch
    {
        400 or 408 or 413 => RekorV2Api.InvalidArgument,
        401 => 16,
        403 => 7,
        404 => 5,
        409 => 6,
        503 => 14,
        _ => 13,
    };
}
