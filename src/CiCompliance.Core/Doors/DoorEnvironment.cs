namespace CiCompliance.Doors;

/// <summary>What every door reads from its surroundings in the same way.</summary>
public static class DoorEnvironment
{
    // POSIX: the first of these that is set and not empty decides.
    private static readonly string[] Locales = ["LC_ALL", "LC_MESSAGES", "LANG"];

    private static readonly string[] CiVariables =
    [
        "CI", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "TF_BUILD", "TEAMCITY_VERSION", "BITBUCKET_BUILD_NUMBER", "CODEBUILD_BUILD_ID", "BUILD_ID", "BUILD_NUMBER",
    ];

    /// <summary><c>--language</c>, else <c>CICOMPLIANCE_LANGUAGE</c>, else a locale that begins with zh, else English.</summary>
    /// <param name="option">The option's value; null or empty: not given.</param>
    /// <param name="environment">Reads a variable.</param>
    /// <returns>The language of messages.</returns>
    public static Language LanguageOf(string? option, Func<string, string?> environment) =>
        (string.IsNullOrEmpty(option) ? environment("CICOMPLIANCE_LANGUAGE") : option) switch
        {
            "zh" => Language.Chinese,
            "en" => Language.English,
            _ => Locales.Select(environment).FirstOrDefault(value => !string.IsNullOrEmpty(value)) is { } locale
                && locale.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Language.Chinese : Language.English,
        };

    /// <summary>Whether a CI system runs this, by the variables that such systems set.</summary>
    /// <param name="environment">Reads a variable.</param>
    /// <returns>True also where it is only likely.</returns>
    public static bool IsCi(Func<string, string?> environment) =>
        CiVariables.Any(name => environment(name)?.ToLowerInvariant() is { Length: > 0 } and not ("false" or "0"));
}
