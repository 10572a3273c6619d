using System.Globalization;

namespace CiCompliance.Go;

/// <summary>A Go release, by its first two numbers; patch levels and release candidates change no build flag.</summary>
public readonly record struct ToolchainVersion(int Major, int Minor) : IComparable<ToolchainVersion>
{
    /// <summary>The oldest whose behaviour was measured: it has <c>go list -json=FIELDS</c> and inline build info.</summary>
    public static readonly ToolchainVersion Oldest = new(1, 19);

    /// <summary>Reads what <c>go env GOVERSION</c> prints: <c>go1.23.5</c>, <c>go1.24rc1</c>, <c>go1.22.1 X:boringcrypto</c>.</summary>
    public static ToolchainVersion? TryParse(string text)
    {
        var numbers = text.StartsWith("go", StringComparison.Ordinal) ? text[2..].Split('.', 3) : [];
        return numbers.Length >= 2
            && int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && int.TryParse(string.Concat(numbers[1].TakeWhile(char.IsAsciiDigit)), NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
            ? new ToolchainVersion(major, minor)
            : null;
    }

    public int CompareTo(ToolchainVersion other) => (Major, Minor).CompareTo((other.Major, other.Minor));

    public static bool operator <(ToolchainVersion left, ToolchainVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(ToolchainVersion left, ToolchainVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(ToolchainVersion left, ToolchainVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ToolchainVersion left, ToolchainVersion right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"go{Major}.{Minor}";
}

/// <summary>What is built for: <c>goos/goarch</c>.</summary>
public sealed record BuildTarget(string Os, string Arch)
{
    /// <exception cref="FormatException">Not <c>goos/goarch</c>.</exception>
    public static BuildTarget Parse(string text) =>
        text.Split('/') is [{ Length: > 0 } os, { Length: > 0 } arch] && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '/')
            ? new BuildTarget(os, arch)
            : throw new LocalizedFormatException("a target has the form goos/goarch, for example linux/amd64", "目标的形式应为 goos/goarch,例如 linux/amd64");

    public override string ToString() => $"{Os}/{Arch}";
}
