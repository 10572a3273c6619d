using CiCompliance.Diagnostics;
using CiCompliance.Doors;

namespace CiCompliance.Core.Tests.Doors;

public sealed class DoorEnvironmentTests
{
    [TestCase("zh", "en", "en_US", Language.Chinese)]
    [TestCase(null, "zh", "en_US", Language.Chinese)]
    [TestCase("", "zh", "en_US", Language.Chinese)]
    [TestCase(null, null, "zh_CN.UTF-8", Language.Chinese)]
    [TestCase(null, "", "zh_CN.UTF-8", Language.Chinese)]
    [TestCase(null, "en", "zh_CN.UTF-8", Language.English)]
    [TestCase(null, null, null, Language.English)]
    public void LanguageOf_OptionVariableAndLocale_TakesTheFirst(string? option, string? variable, string? locale, Language expected) =>
        DoorEnvironment.LanguageOf(option, name => name switch { "CICOMPLIANCE_LANGUAGE" => variable, "LANG" => locale, _ => null }).ShouldBe(expected);

    [TestCase("CI", "true", true)]
    [TestCase("CI", "false", false)]
    [TestCase("GITLAB_CI", "1", true)]
    [TestCase("HOME", "/root", false)]
    public void IsCi_ByAVariable_SaysSo(string name, string value, bool expected) =>
        DoorEnvironment.IsCi(asked => asked == name ? value : null).ShouldBe(expected);
}
