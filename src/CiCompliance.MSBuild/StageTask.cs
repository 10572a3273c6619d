namespace CiCompliance.MSBuild;

/// <summary>A verb that runs stages of one Go module. Every option of the tool is a property of the same name.</summary>
public abstract class StageTask : CiComplianceTask
{
    /// <summary><c>--project</c>: the Go module's folder.</summary>
    [Required]
    public string Project { get; set; } = "";

    /// <summary><c>--config</c>: policy file outside the repository.</summary>
    public string? Config { get; set; }

    /// <summary><c>--out</c>: evidence folder.</summary>
    [Required]
    public string Out { get; set; } = "";

    /// <summary><c>--repository</c>: the repository's identity.</summary>
    public string? Repository { get; set; }

    /// <summary><c>--base</c>: protected revision before the commits to verify.</summary>
    public string? Base { get; set; }

    /// <summary><c>--protected</c>: the revision whose policy and trust count.</summary>
    public string? Protected { get; set; }

    /// <summary><c>--branch</c>: the branch that is judged.</summary>
    public string? Branch { get; set; }

    /// <summary><c>--range</c>: A..B, or ci.</summary>
    public string? Range { get; set; }

    /// <summary><c>--commit</c>: what is built and verified.</summary>
    public string? Commit { get; set; }

    /// <summary><c>--trust</c>: trust store outside the repository.</summary>
    public string? Trust { get; set; }

    /// <summary><c>--go</c>: the go command.</summary>
    public string? Go { get; set; }

    /// <summary><c>--module-cache</c>: module cache to start from.</summary>
    public string? ModuleCache { get; set; }

    /// <summary><c>--expect-digest</c>: the evidence folder as an earlier job handed it over.</summary>
    public string? ExpectDigest { get; set; }

    /// <summary><c>--demonstration</c>; false also where the environment says otherwise.</summary>
    public bool Demonstration { get; set; }

    /// <summary><c>--sm2-key</c>: a file or <c>fd:N</c>, never a value.</summary>
    public string? Sm2Key { get; set; }

    /// <summary><c>--sm2-key-passphrase</c>: a file or <c>fd:N</c>, never a value.</summary>
    public string? Sm2KeyPassphrase { get; set; }

    /// <summary><c>--sm2-certificates</c>: PEM file.</summary>
    public string? Sm2Certificates { get; set; }

    /// <summary><c>--p256-key</c>: a file or <c>fd:N</c>, never a value.</summary>
    public string? P256Key { get; set; }

    /// <summary><c>--p256-key-passphrase</c>: a file or <c>fd:N</c>, never a value.</summary>
    public string? P256KeyPassphrase { get; set; }

    /// <summary><c>--p256-certificates</c>: PEM file.</summary>
    public string? P256Certificates { get; set; }

    /// <summary><c>--log-key</c>: a file or <c>fd:N</c>, never a value.</summary>
    public string? LogKey { get; set; }

    /// <summary><c>--log-key-passphrase</c>: a file or <c>fd:N</c>, never a value.</summary>
    public string? LogKeyPassphrase { get; set; }

    /// <summary><c>--log-sm2-key</c>: a file or <c>fd:N</c>, never a value.</summary>
    public string? LogSm2Key { get; set; }

    /// <summary><c>--log-sm2-key-passphrase</c>: a file or <c>fd:N</c>, never a value.</summary>
    public string? LogSm2KeyPassphrase { get; set; }

    /// <summary><c>--proxy-token-file</c>: a file or <c>fd:N</c>, never a value.</summary>
    public string? ProxyTokenFile { get; set; }

    /// <inheritdoc />
    public override bool Execute() => KeysAreReferences() && base.Execute();

    private protected override IReadOnlyList<string> Options() => [.. Judged(), .. Given([.. Keys, ("--out", Out), ("--expect-digest", ExpectDigest)])];

    /// <summary>What decides about source and build; neither keys nor the folder.</summary>
    private protected IReadOnlyList<string> Judged() =>
    [
        .. Given([("--project", Project), ("--config", Config), ("--repository", Repository), ("--base", Base), ("--range", Range), ("--commit", Commit),
            ("--protected", Protected), ("--branch", Branch), ("--trust", Trust), ("--go", Go), ("--module-cache", ModuleCache)]),
        .. Demonstration ? ["--demonstration"] : Array.Empty<string>(),
    ];

    // A secret in the place of its reference is refused before it could stand on a command line; it is not shown.
    private protected bool KeysAreReferences()
    {
        if (ToolArguments.WithoutReference([.. Given(Keys)], Environment.CurrentDirectory) is { } option)
        {
            BuildLog.Show(new Finding(MSBuildDiagnostics.NoReference, option,
                new("its property names neither an existing file nor a descriptor (the value is not shown)", "对应属性既不是现有文件也不是描述符(此处不显示其值)"),
                new("Name a file or fd:N; a secret that stood in a property must be replaced, for build logs keep properties",
                    "请写文件路径或 fd:N;曾写入属性的密钥或口令必须更换,因为构建日志会保留属性")));
        }

        return !Log.HasLoggedErrors;
    }

    private (string Option, string? Value)[] Keys =>
    [
        ("--sm2-key", Sm2Key), ("--sm2-key-passphrase", Sm2KeyPassphrase), ("--sm2-certificates", Sm2Certificates),
        ("--p256-key", P256Key), ("--p256-key-passphrase", P256KeyPassphrase), ("--p256-certificates", P256Certificates),
        ("--log-key", LogKey), ("--log-key-passphrase", LogKeyPassphrase), ("--log-sm2-key", LogSm2Key), ("--log-sm2-key-passphrase", LogSm2KeyPassphrase),
        ("--proxy-token-file", ProxyTokenFile),
    ];
}
