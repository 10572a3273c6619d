namespace CiCompliance.Sigstore;

/// <summary>The versions of the bundle format (sigstore/protobuf-specs, sigstore_bundle.proto).</summary>
public enum BundleVersion
{
    /// <summary>A certificate chain or a key, and a signed entry timestamp; the proof may be missing.</summary>
    V01,

    /// <summary>As v0.1, with an inclusion proof.</summary>
    V02,

    /// <summary>One certificate or a key, and an inclusion proof.</summary>
    V03,
}

internal static class BundleMediaType
{
    public const string Newest = "application/vnd.dev.sigstore.bundle.v0.3+json";

    private const string Old = "application/vnd.dev.sigstore.bundle+json;version=";

    /// <summary>Null for one that is not known. v0.3 was first written in the old form.</summary>
    public static BundleVersion? VersionOf(string mediaType) => mediaType switch
    {
        Newest or Old + "0.3" => BundleVersion.V03,
        Old + "0.2" => BundleVersion.V02,
        Old + "0.1" => BundleVersion.V01,
        _ => null,
    };

    public static string Of(BundleVersion version) => version switch
    {
        BundleVersion.V01 => Old + "0.1",
        BundleVersion.V02 => Old + "0.2",
        _ => Newest,
    };
}
