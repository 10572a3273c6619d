using System.Diagnostics;
using CiCompliance.Testing;

namespace CiCompliance.Build.Tests.EndToEnd;

/// <summary>The build image from a base that is made here, without a daemon, and what prove-image.sh says of it and of broken ones.</summary>
[NonParallelizable]
[Platform("Linux")]
public sealed class BuildImageTests
{
    // A base with a shell, git, Go's programs and what they and .NET load; made of this machine's own files.
    private const string MakeRoot = """
        set -euo pipefail
        root=$1
        mkdir -p "$root"/{bin,tmp,usr/local/go/pkg}
        chmod 1777 "$root/tmp"
        add() {
          [ -e "$root$1" ] || cp -L --parents "$1" "$root"
          for library in $(ldd "$1" | grep -o '/[^ )]*'); do [ -e "$root$library" ] || cp -L --parents "$library" "$root"; done
        }
        for program in sh env cat git; do add "$(command -v "$program")"; done
        [ -e "$root/bin/sh" ] || cp -L /bin/sh "$root/bin/sh"
        for library in libstdc++.so.6 libgcc_s.so.1 libssl.so.3 libcrypto.so.3 libz.so.1 libdl.so.2 libpthread.so.0 librt.so.1; do
          for file in $(ldconfig -p | sed -n "s/.*$library (libc6,x86-64.* => //p" | head -n 1); do add "$file"; done
        done
        goroot=$(go env GOROOT)
        cp -aL "$goroot/bin" "$goroot/VERSION" "$goroot/go.env" "$root/usr/local/go/"
        cp -aL "$goroot/pkg/tool" "$root/usr/local/go/pkg/"
        """;

    private const string Policy = """
        version: 1
        repository: modules.example/ledger
        go:
          provider: goproxy.cn
        build:
          packages: [./cmd/ledger]
          targets: [linux/amd64]
        log:
          kind: ephemeral

        """;

    private TempDirectory temporary = null!;
    private Dictionary<string, string> environment = null!;
    private string digest = "";

    [OneTimeSetUp]
    public void MakeBase()
    {
        var buildah = Peers.Require("buildah");
        Peers.Require("go");
        if (Environment.UserName != "root")
        {
            Assert.Ignore("unavailable: root, which buildah needs here");
        }

        temporary = new TempDirectory();
        temporary.Write("home/.config/containers/policy.json", """{"default":[{"type":"insecureAcceptAnything"}]}""");
        temporary.Write("home/registries.conf", "");
        temporary.Write("home/storage.conf", $"[storage]\ndriver = \"vfs\"\ngraphroot = \"{temporary.Combine("storage")}\"\nrunroot = \"{temporary.Combine("run")}\"\n");
        temporary.Write("compliance.yml", Policy);
        environment = new()
        {
            ["HOME"] = temporary.Combine("home"), ["CONTAINERS_STORAGE_CONF"] = temporary.Combine("home", "storage.conf"),
            ["CONTAINERS_REGISTRIES_CONF"] = temporary.Combine("home", "registries.conf"), ["BUILDAH_ISOLATION"] = "chroot", ["GOTOOLCHAIN"] = "local",
            ["PATH"] = $"{Path.GetDirectoryName(buildah)}:{Environment.GetEnvironmentVariable("PATH")}",
        };
        Run("/bin/bash", "-c", MakeRoot, "bash", temporary.Combine("context", "root")).ShouldBe(0);
        Build("base", "FROM scratch\nADD root /\nENV PATH=/usr/local/go/bin:/usr/bin:/bin\n");
        digest = Run("buildah", "images", "--digests", "--format", "{{.Digest}}", "localhost/base").Output.Trim();
        Template("build", $"BASE_SHA256={digest["sha256:".Length..]}").ShouldBe(0);
    }

    [OneTimeTearDown]
    public void Remove() => temporary?.Dispose();

    [Test]
    public void TemplateOnAPinnedBase_IsProved()
    {
        var proof = Prove("localhost/build");
        proof.ShouldBe(0);
        proof.Output.ShouldContain("prove-image: proved");
        proof.Output.ShouldContain("\"id\":\"environment.goproxy\",\"verdict\":\"pass\"");
    }

    [TestCase("without", new string[0])]
    [TestCase("tag", new[] { "BASE_SHA256=latest" })]
    [TestCase("another", new[] { "BASE_SHA256=0000000000000000000000000000000000000000000000000000000000000000" })]
    public void TemplateWithoutTheBasesDigest_IsNotBuilt(string name, string[] arguments) => Template(name, arguments).ExitCode.ShouldNotBe(0);

    [TestCase("ENV GOPROXY=https://proxy.example", "CIC0062")]
    [TestCase("ENV GONOSUMDB=*", "CIC0061")]
    [TestCase("ENV GOSUMDB=off", "CIC00")]
    [TestCase("ENV GOFLAGS=-mod=mod", "CIC00")]
    [TestCase("USER 0", "the image's user is '0'")]
    [TestCase("USER builder", "the image's user is 'builder'")]
    [TestCase("ENV GOPROXY=https://user:password@goproxy.cn", "a user or password")]
    [TestCase("ENV NPM_TOKEN=x", "NPM_TOKEN")]
    public void TamperedImage_IsRefused(string line, string message)
    {
        Build("tampered", $"FROM localhost/build\n{line}\n");
        var proof = Prove("localhost/tampered");
        proof.ShouldBe(1);
        proof.Output.ShouldContain(message);
        proof.Output.ShouldNotContain("prove-image: proved");
        proof.Output.ShouldNotContain("user:password");
    }

    [Test]
    public void ImageWithoutPins_IsRefused()
    {
        Build("plain", "FROM localhost/base\nUSER 65532:65532\nENV HOME=/tmp/home\n");
        var proof = Prove("localhost/plain");
        proof.ShouldBe(1);
        proof.Output.ShouldContain("CIC0056");
    }

    [Test]
    public void ImageWithoutGo_IsNotProved()
    {
        Build("empty", "FROM localhost/build\nENV PATH=/bin\n");
        Prove("localhost/empty").ShouldBe(2, "CIC0050");
    }

    [Test]
    public void ImageThatIsNotThere_IsNotDecided() => Prove("localhost/nowhere").ShouldBe(3);

    [Test]
    public void Image_HasNothingButTheTemplatesSettings()
    {
        var settings = Run("buildah", "inspect", "--type", "image", "--format", "{{range .OCIv1.Config.Env}}{{println .}}{{end}}", "localhost/build").Output;
        var written = File.ReadAllLines(Path.Combine(Scenario.Root, "templates", "build-image", "Dockerfile"))
            .Where(line => line.StartsWith("ENV ", StringComparison.Ordinal)).Select(line => line[4..].Replace("\"", "", StringComparison.Ordinal));
        settings.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("PATH=", StringComparison.Ordinal)).ShouldBe(written, ignoreOrder: true);
    }

    private Result Template(string name, params string[] arguments) => Run("buildah", ["bud", "--pull-never", "--quiet", "-t", "localhost/" + name,
        "--build-arg", "BASE_IMAGE=localhost/base", .. arguments.SelectMany(argument => new[] { "--build-arg", argument }),
        Path.Combine(Scenario.Root, "templates", "build-image")]);

    private void Build(string name, string dockerfile)
    {
        temporary.Write("context/Dockerfile", dockerfile);
        Run("buildah", "bud", "--pull-never", "--quiet", "-t", "localhost/" + name, temporary.Combine("context")).ShouldBe(0);
    }

    private Result Prove(string image) => Run(Path.Combine(Scenario.Root, "templates", "build-image", "prove-image.sh"), image, "--project", Scenario.Repository,
        "--config", temporary.Combine("compliance.yml"), "--trust", Scenario.Trust, "--tool", Path.GetDirectoryName(Scenario.Tool)!,
        "--dotnet", Path.GetDirectoryName(Environment.ProcessPath)!);

    private Result Run(string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(Path.IsPathFullyQualified(program) ? program : Peers.Require(program), arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = temporary.Path,
        };
        foreach (var (name, value) in environment)
        {
            info.Environment[name] = value;
        }

        using var process = Process.Start(info)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Result(process.ExitCode, output + error.Result);
    }

    private sealed record Result(int ExitCode, string Output)
    {
        public void ShouldBe(int exitCode, string message = "")
        {
            ExitCode.ShouldBe(exitCode, Output);
            Output.ShouldContain(message);
        }
    }
}
