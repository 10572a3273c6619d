namespace CiCompliance.Publishing;

/// <summary>Writes; where that is uncertain, asks whether it happened, and writes again if not.</summary>
internal delegate Task RetriedWrite(Func<Task> write, Func<Task<bool>> isThere, CancellationToken cancellationToken);

/// <summary>Brings a release to where it has exactly these files: what is there already stays, what differs or was left half-uploaded is replaced.</summary>
internal sealed class ReleaseUploader(IGitHub gitHub, Release release, RetriedWrite retry)
{
    public async Task<IReadOnlyList<PublishedItem>> UploadAsync(IReadOnlyList<AssetFile> files, CancellationToken cancellationToken)
    {
        var there = await gitHub.ListAssetsAsync(release);
        var items = new List<PublishedItem>();
        foreach (var file in files)
        {
            var same = there.Any(asset => IsSame(asset, file));
            if (!same)
            {
                await ReplaceAsync(file, Named(there, file), cancellationToken);
            }

            items.Add(new PublishedItem("release-asset", file.Name, release.Url, same));
        }

        return items;
    }

    private async Task ReplaceAsync(AssetFile file, IReadOnlyList<ReleaseAsset> stale, CancellationToken cancellationToken)
    {
        var content = file.Read();
        await retry(
            async () =>
            {
                foreach (var asset in stale)
                {
                    await gitHub.DeleteAssetAsync(asset.Id);
                }

                stale = [];
                var uploaded = await gitHub.UploadAssetAsync(release, file.Name, file.Label, file.ContentType, content);
                if (!uploaded.IsComplete || uploaded.Size != content.Length || (uploaded.Sha256 is { } digest && digest != file.Digests.Sha256))
                {
                    throw new CiComplianceException(PublishingDiagnostics.Malformed, file.Name,
                        new("the server did not keep what was uploaded", "服务器保存的内容与上传的不符"), new("Publish again", "请重新发布"));
                }
            },
            async () =>
            {
                stale = Named(await gitHub.ListAssetsAsync(release), file);
                return stale.Any(asset => IsSame(asset, file));
            },
            cancellationToken);
    }

    private static List<ReleaseAsset> Named(IReadOnlyList<ReleaseAsset> there, AssetFile file) =>
        [.. there.Where(asset => string.Equals(asset.Name, file.Name, StringComparison.OrdinalIgnoreCase))];

    // Older servers give no digest, and a size proves nothing: there the file is written again.
    private static bool IsSame(ReleaseAsset asset, AssetFile file) => asset.IsComplete && asset.Name == file.Name && asset.Sha256 == file.Digests.Sha256;
}
