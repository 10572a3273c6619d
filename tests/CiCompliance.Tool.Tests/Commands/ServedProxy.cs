using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CiCompliance.Cryptography;
using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.Keys;
using CiCompliance.Testing;

namespace CiCompliance.Tool.Tests.Commands;

/// <summary>
/// <c>cicompliance serve goproxy</c> with a public proxy and checksum database before it that get new modules all the time, and everything that it ever gave.
/// </summary>
internal sealed class ServedProxy : ServedProcess
{
    private const string Version = "v1.0.0";

    /// <summary>Every so many modules is one whose zip is forced to the disk when it is kept.</summary>
    private const int Large = 20;

    private readonly GeneratedKey publicKey = KeyGenerator.Generate(KeyAlgorithm.Ed25519);
    private readonly ISigner publicSigner;
    private readonly FixtureModuleProxy upstream;
    private readonly string key;
    private readonly string rules;
    private readonly AuditedSumdb sumdb;
    private readonly ConcurrentDictionary<ModuleVersion, string> truth = new();
    private readonly ConcurrentDictionary<ModuleVersion, (long Id, string Text)> recorded = new();
    private readonly ConcurrentDictionary<(ModuleVersion Module, string File), bool> given = new();
    private readonly ConcurrentQueue<ModuleVersion> unlooked = new();
    private readonly List<ModuleVersion> older = [];
    private readonly HashSet<string> whole = [];
    private int modules;

    /// <param name="key">Where its key is written, outside the folder; beside it its rules.</param>
    public ServedProxy(string folder, string key)
        : base(folder)
    {
        this.key = key;
        publicSigner = publicKey.OpenSigner();
        upstream = new(new("sum.public.test", publicSigner));
        rules = Path.ChangeExtension(key, ".yml");
        File.WriteAllText(rules, $"version: 1\nupstream:\n  proxies: {upstream.Url}\n  sumdb: {upstream.Sumdb.VerifierKey}\n");
        var init = ToolRun.Process(["goproxy", "init", folder, "--name", "sum.example.test", "--new-key", key], Path.GetDirectoryName(key)!);
        init.ExitCode.ShouldBe(0, init.Messages);
        sumdb = new(init.Answer["GOSUMDB=".Length..].TrimEnd());
    }

    public override int Acknowledged => recorded.Count + given.Count;

    /// <summary>Of its database, at the last look.</summary>
    public int Records => sumdb.Records.Count;

    protected override IReadOnlyList<string> Arguments => ["serve", "goproxy", "--path", Folder, "--rules", rules, "--sumdb-key", key, "--listen", "127.0.0.1:0"];

    public override async Task CheckAsync(bool all)
    {
        const int Older = 20;
        Directory.EnumerateFileSystemEntries(Path.Combine(Folder, "cache", "unverified")).ShouldBeEmpty();
        CheckFiles();
        await sumdb.ReadAsync(Client, Address);
        sumdb.Records.ShouldAllBe(record => truth[record.Module] == record.Text);
        var olds = older.ToArray();
        RandomNumberGenerator.Shuffle(olds.AsSpan());
        var news = unlooked.ToList();
        unlooked.Clear();
        foreach (var (module, (id, _)) in recorded)
        {
            sumdb.IdOf(module).ShouldBe(id, $"{module} was acknowledged and is not there");
        }

        // What was asked for and not answered too: it is there now, as if nothing had been.
        await Parallel.ForEachAsync(news.Concat(all ? olds : olds.Take(Older)), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (module, _) =>
        {
            await LookUpAsync(module);
            await FetchAsync(module, "zip");
            await FetchAsync(module, "mod");
        });

        older.AddRange(news);
        if (all)
        {
            CheckDecisions();
        }
    }

    /// <summary>A new module, or one that others ask for just now, as the go command asks: in some order, for some of its files.</summary>
    protected override async Task WorkAsync()
    {
        var module = RandomNumberGenerator.GetInt32(4) == 0 && unlooked.LastOrDefault() is { } last ? last : Add();
        var steps = new Func<Task>[] { () => LookUpAsync(module), () => FetchAsync(module, "zip"), () => FetchAsync(module, "mod"), SeeLatestAsync };
        RandomNumberGenerator.Shuffle(steps.AsSpan());
        foreach (var step in steps.Take(RandomNumberGenerator.GetInt32(1, steps.Length + 1)))
        {
            await step();
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        upstream.Dispose();
        publicSigner.Dispose();
        publicKey.Dispose();
    }

    private ModuleVersion Add()
    {
        var number = Interlocked.Increment(ref modules);
        var module = new ModuleVersion($"example.com/m{number}", Version);
        var noise = Convert.ToBase64String(RandomNumberGenerator.GetBytes(number % Large == 0 ? 1 << 20 : RandomNumberGenerator.GetInt32(20_000)));
        truth[module] = upstream.Add(module.Path, module.Version, new Dictionary<string, string> { ["go.mod"] = $"module {module.Path}\n", ["a.go"] = $"package a\n\n// {noise}\n" });
        unlooked.Enqueue(module);
        return module;
    }

    private async Task SeeLatestAsync() => sumdb.See(await Client.GetByteArrayAsync(new Uri($"{Address}{sumdb.Root}/latest")));

    private async Task LookUpAsync(ModuleVersion module)
    {
        var (number, record, note) = Split(await AskAsync($"{sumdb.Root}/lookup/{module}"));
        record.ShouldBe(truth[module]);
        var id = long.Parse(number, System.Globalization.CultureInfo.InvariantCulture);
        sumdb.See(note).Size.ShouldBeGreaterThan(id);
        recorded.GetOrAdd(module, (id, record)).ShouldBe((id, record), "one record, for ever");
    }

    private async Task FetchAsync(ModuleVersion module, string file)
    {
        var content = await AskAsync($"/{module.Path}/@v/{module.Version}.{file}");
        var lines = truth[module].Split('\n');
        if (file == "zip")
        {
            using var stream = new MemoryStream(content);
            lines[0].ShouldBe($"{module.Path} {module.Version} {ModuleZip.H1(stream, module, CancellationToken.None)}");
        }
        else
        {
            lines[1].ShouldBe($"{module.Path} {module.Version}/go.mod {ModuleZip.HashGoMod(content)}");
        }

        given[(module, file == "zip" ? file : "go.mod")] = true;
    }

    private async Task<byte[]> AskAsync(string path)
    {
        using var answer = await Client.GetAsync(new Uri(Address + path));
        var content = await answer.Content.ReadAsByteArrayAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, Encoding.UTF8.GetString(content));
        return content;
    }

    private static (string Number, string Record, byte[] Note) Split(byte[] reply)
    {
        var end = reply.AsSpan().IndexOf("\n\n"u8);
        var text = Encoding.UTF8.GetString(reply, 0, end + 1);
        var first = text.IndexOf('\n', StringComparison.Ordinal);
        return (text[..first], text[(first + 1)..], reply[(end + 2)..]);
    }

    /// <summary>Half a file is nowhere that one is served from.</summary>
    private void CheckFiles()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Folder, "cache", "files"), "*", SearchOption.AllDirectories).Where(whole.Add))
        {
            using var content = File.OpenRead(file);
            Convert.ToHexStringLower(SHA256.HashData(content)).ShouldBe(Path.GetFileName(file));
        }
    }

    /// <summary>What was given or recorded was written down before.</summary>
    private void CheckDecisions()
    {
        using var file = new FileStream(Path.Combine(Folder, "decisions.jsonl"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        var (passed, recording) = (new HashSet<(ModuleVersion, string)>(), new HashSet<ModuleVersion>());
        while (reader.ReadLine() is { } text)
        {
            var line = JsonNode.Parse(text)!;
            var module = new ModuleVersion((string)line["module"]!, (string)line["version"]!);
            switch ((string)line["event"]!)
            {
                case "passed":
                    passed.Add((module, (string)line["file"]!));
                    break;
                case "recording":
                    recording.Add(module);
                    break;
                case var other:
                    Assert.Fail($"{other}: {text}");
                    break;
            }
        }

        given.Keys.ShouldBeSubsetOf(passed);
        sumdb.Records.Select(record => record.Module).ShouldBeSubsetOf(recording);
    }
}
