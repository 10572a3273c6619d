using System.Reflection;

namespace CiCompliance.Pipeline;

/// <summary>The version that statements carry.</summary>
public static class ToolVersion
{
    /// <summary>For example <c>0.1.0</c>, without build metadata.</summary>
    public static string Current { get; } =
        typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
