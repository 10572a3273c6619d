namespace CiCompliance.GoProxy.Sources;

/// <summary>
/// Where folders go before they are removed, on the same file system: whatever ends the process in the middle, no half one is left in its place. What is left here
/// goes at the next start.
/// </summary>
internal sealed class TrashFolder(string path)
{
    /// <summary>Takes a folder away from its place, and leaves it to the caller to remove.</summary>
    /// <returns>Where it is now; null where there was none.</returns>
    /// <exception cref="IOException">It can't be moved.</exception>
    public string? Take(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return null;
        }

        var place = Path.Combine(path, Guid.NewGuid().ToString("n"));
        Directory.Move(directory, place);
        return place;
    }

    /// <exception cref="IOException">It can't be removed; it is not in its place any more all the same.</exception>
    public void Remove(string directory)
    {
        if (Take(directory) is { } place)
        {
            Directory.Delete(place, recursive: true);
        }
    }
}
