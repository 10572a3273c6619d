using CiCompliance.Tool.Commands;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Doctor;

/// <summary>Disk, clock and CI.</summary>
internal static class HostChecks
{
    private const long NeededBytes = 1L << 30;

    public static IEnumerable<DoctorRow> Run(CommandContext context)
    {
        var existing = ExistingPart(context.OutputDirectory);
        yield return Writable(context.OutputDirectory, existing);
        yield return Space(existing);
        yield return Clock(context.Host.Clock.GetUtcNow());
        var ci = context.Ci.Kind.ToString().ToLowerInvariant();
        yield return new DoctorRow("ci", DoctorStatus.Ok, false, new(ci, ci), default);
    }

    private static DoctorRow Writable(string wanted, string existing)
    {
        var probe = Path.Combine(existing, $".cicompliance-{Guid.NewGuid():N}");
        try
        {
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
            }

            return new DoctorRow("out", DoctorStatus.Ok, true, new(SafeText.Line(wanted), SafeText.Line(wanted)), default);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new DoctorRow("out", DoctorStatus.Wrong, true, new($"{existing} cannot be written", $"{existing} 无法写入"),
                new("Choose another folder with --out", "请用 --out 指定其他目录"));
        }
    }

    private static DoctorRow Space(string folder)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        var detail = $"{free / (1 << 20)} MiB";
        return free >= NeededBytes
            ? new DoctorRow("disk", DoctorStatus.Ok, true, new(detail, detail), default)
            : new DoctorRow("disk", DoctorStatus.Wrong, true, new($"only {detail} free", $"仅剩 {detail}"),
                new("Free at least 1 GiB, or choose another disk with --out", "请释放至少 1 GiB,或用 --out 指定其他磁盘"));
    }

    /// <summary>The tool is from 2026: an earlier clock would make every signature and validity window meaningless.</summary>
    private static DoctorRow Clock(DateTimeOffset now)
    {
        var time = now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        return now.Year >= 2026
            ? new DoctorRow("clock", DoctorStatus.Ok, true, new(time, time), default)
            : new DoctorRow("clock", DoctorStatus.Wrong, true, new($"it says {time}", $"当前为 {time}"), new("Set the clock, or run NTP", "请校准时钟或启用 NTP"));
    }

    private static string ExistingPart(string path)
    {
        while (!Directory.Exists(path))
        {
            path = Path.GetDirectoryName(path) ?? "/";
        }

        return path;
    }
}
