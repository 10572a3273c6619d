using System.Diagnostics;

if (args is not [var tool] || !File.Exists(tool))
{
    Console.Error.WriteLine("usage: CiCompliance.Benchmarks PATH-OF-CICOMPLIANCE (./build.sh --target=Benchmark calls it)");
    return 2;
}

const int Rounds = 11;
var times = new List<TimeSpan>();
for (var round = 0; round < Rounds; round++)
{
    var watch = Stopwatch.StartNew();
    using var process = Process.Start(new ProcessStartInfo(tool, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    await process.WaitForExitAsync();
    times.Add(watch.Elapsed);
}

times.Sort();
Console.WriteLine($"start-up of `cicompliance --version`, median of {Rounds} processes: {times[Rounds / 2].TotalMilliseconds:F0} ms (fastest {times[0].TotalMilliseconds:F0} ms)");
return 0;
