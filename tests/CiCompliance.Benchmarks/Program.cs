using CiCompliance.Benchmarks;
using CiCompliance.Benchmarks.Agreement;
using CiCompliance.Benchmarks.Sections;

if (args is ["--digest", var file])
{
    MemorySection.Digest(file);
    return 0;
}

if (args is ["--agree", var repository, .. { Length: > 0 } keys])
{
    return AgreementReport.Run(Path.GetFullPath(repository), keys, Console.Out);
}

if (args is not [var tool, .. var wanted] || !File.Exists(tool))
{
    Console.Error.WriteLine("usage: CiCompliance.Benchmarks PATH-OF-CICOMPLIANCE [SECTION...] (./build.sh --target=Benchmark calls it)");
    Console.Error.WriteLine("       CiCompliance.Benchmarks --agree REPOSITORY PUBLIC-KEYS... (compares every verdict with git's)");
    return 2;
}

var setting = new Setting(Path.GetFullPath(tool), Path.GetFullPath(Path.Combine(Path.GetDirectoryName(tool)!, "..")));
ISection[] sections =
[
    new StartupSection(setting), new PipelineSection(setting), new BinarySection(setting), new MemorySection(setting), new MSBuildSection(setting),
    new CommitsSection(setting), new BundlesSection(setting),
    new LogSection(setting), new LogGrowthSection(setting),
    new GoProxySection(setting), new GoProxyDownloadSection(setting), new GoProxyGrowthSection(setting),
];
if (wanted.FirstOrDefault(name => !sections.Any(section => section.Name == name)) is { } unknown)
{
    Console.Error.WriteLine($"there is no section '{unknown}': {string.Join(", ", sections.Select(section => section.Name))}");
    return 2;
}

Console.WriteLine($"{Environment.ProcessorCount} cores, load average {Load()}; ratios are taken in this one run, seconds are this machine's");
foreach (var section in sections.Where(section => wanted.Length == 0 || wanted.Contains(section.Name)))
{
    Console.WriteLine();
    section.Run(Console.Out);
}

Console.WriteLine();
Console.WriteLine($"load average at the end {Load()}");
return 0;

static string Load() => File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "unknown";
