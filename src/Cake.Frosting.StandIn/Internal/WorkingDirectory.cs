namespace Cake.Frosting.Internal;

internal sealed record WorkingDirectory(string Path);
