namespace CiCompliance.Cake.Running;

/// <summary>A key or passphrase never becomes an argument of a child: every user of the machine reads those. The value is never printed.</summary>
internal static class KeyOptionGuard
{
    /// <exception cref="global::Cake.Core.CakeException">A key option's value is neither an existing file nor <c>fd:N</c> (CIC0042).</exception>
    public static void Check(IReadOnlyList<string> arguments, string workingDirectory)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var parts = arguments[i].Split(['=', ':'], 2);
            if (ComplianceOptions.KeyNames.Any(name => parts[0] == "--" + name)
                && !IsPlace(parts.Length == 2 ? parts[1] : arguments.ElementAtOrDefault(i + 1) ?? "", workingDirectory))
            {
                throw Refusal.Of(CakeDiagnostics.SecretOption, parts[0],
                    new("its value names neither an existing file nor a descriptor (the value is not shown)", "其值既不是现有文件也不是描述符(此处不显示该值)"),
                    new("Give a file or fd:N; a secret that stood on a command line must be replaced", "请给出文件或 fd:N;曾出现在命令行中的密钥或口令必须更换"));
            }
        }
    }

    private static bool IsPlace(string value, string workingDirectory) =>
        value.StartsWith("fd:", StringComparison.Ordinal)
            ? value.Length > 3 && value.AsSpan(3).ContainsAnyExceptInRange('0', '9') is false
            : value.Length is > 0 and < 4096 && !value.Any(char.IsControl) && File.Exists(Path.Combine(workingDirectory, value));
}
