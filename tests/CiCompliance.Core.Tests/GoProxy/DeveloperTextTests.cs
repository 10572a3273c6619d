using System.Text;
using CiCompliance.Diagnostics;
using CiCompliance.GoProxy;

namespace CiCompliance.Core.Tests.GoProxy;

/// <summary>What the go command shows of a refusal: 8 lines, 648 bytes, every line of graphic characters (Go module reference, and cmd/go/internal/web).</summary>
public sealed class DeveloperTextTests
{
    private static readonly string[] Hostile =
    [
        "plain", "two\nlines\r\nand more", "\u001b[31mred", "zero\u200bwidth \u202ereversed", "half \ud800 a pair", "tab\there", "", " ", new('x', 5000), new('许', 5000),
        string.Concat(Enumerable.Repeat("😀", 500)), string.Concat(Enumerable.Repeat("\n", 300)), "\ue000\uffff\0",
    ];

    [Test]
    public void Of_WhateverIsSaid_IsShownWhole([Values] Language language, [Range(0, 12)] int origin, [Range(0, 12)] int what)
    {
        var finding = new Finding(GoProxyDiagnostics.Denied, Hostile[origin], new(Hostile[what], Hostile[what]), new("Use another", "请改用其他版本"));
        var text = DeveloperText.Of(finding, language);

        text.ShouldEndWith("\n");
        var lines = text[..^1].Split('\n');
        lines.Length.ShouldBeInRange(2, 8);
        lines[0].ShouldStartWith("CIC7101 ");
        lines[^1].ShouldBe(language == Language.Chinese ? "请改用其他版本" : "Use another");
        (Encoding.UTF8.GetByteCount(text) + (2 * lines.Length)).ShouldBeLessThanOrEqualTo(648);
        text.EnumerateRunes().ShouldAllBe(rune => rune == new Rune('\n') || (!Rune.IsControl(rune) && rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) != System.Globalization.UnicodeCategory.Format));
    }

    [Test]
    public void Of_ALongWayOut_CutsIt()
    {
        var finding = new Finding(GoProxyDiagnostics.Denied, "example.com/a@v1.0.0", new("no", "否"), new(new('y', 5000), new('签', 5000)));
        foreach (var language in Enum.GetValues<Language>())
        {
            var text = DeveloperText.Of(finding, language);
            Encoding.UTF8.GetByteCount(text).ShouldBeLessThanOrEqualTo(648);
            text.ShouldStartWith("CIC7101 example.com/a@v1.0.0\n");
            text.ShouldEndWith("…\n");
        }
    }
}
