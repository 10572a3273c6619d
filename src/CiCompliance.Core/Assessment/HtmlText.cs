using System.Globalization;
using System.Text;

namespace CiCompliance.Assessment;

/// <summary>Writes HTML in which every text is data: only literals of this assembly reach <see cref="Markup"/>.</summary>
internal sealed class HtmlText
{
    private const int MaxText = 2000;

    private readonly StringBuilder html = new();

    /// <summary>Markup of our own; never with anything from outside in it.</summary>
    public HtmlText Markup(string literal)
    {
        html.Append(literal);
        return this;
    }

    /// <summary>Text from anywhere.</summary>
    public HtmlText Text(string text)
    {
        foreach (var c in SafeText.Line(text, MaxText))
        {
            _ = c switch
            {
                '&' => html.Append("&amp;"),
                '<' => html.Append("&lt;"),
                '>' => html.Append("&gt;"),
                '"' => html.Append("&quot;"),
                '\'' => html.Append("&#39;"),
                _ => html.Append(c),
            };
        }

        return this;
    }

    public HtmlText Number(long number) => Text(number.ToString(CultureInfo.InvariantCulture));

    public HtmlText Code(string text) => Markup("<code>").Text(text).Markup("</code>");

    /// <summary>Both languages; the style shows the chosen one.</summary>
    public HtmlText Both(LocalizedText text) =>
        text.En == text.Zh ? Text(text.En) : Markup("<span lang=\"en\">").Text(text.En).Markup("</span><span lang=\"zh-CN\">").Text(text.Zh).Markup("</span>");

    public HtmlText Both(string en, string zh) => Both(new LocalizedText(en, zh));

    public HtmlText Icon(string name) => Markup("<svg aria-hidden=\"true\"><use href=\"#icon-").Markup(name).Markup("\"/></svg>");

    /// <summary>Icon and word, so that nothing hangs on colour alone.</summary>
    public HtmlText State(string look, LocalizedText word) =>
        Markup("<span class=\"state ").Markup(look).Markup("\">").Icon(look).Markup("<span>").Both(word).Markup("</span></span>");

    public HtmlText State(Verdict verdict) => State(LookOf(verdict), Wording.Of(verdict));

    /// <summary>Column heads.</summary>
    public HtmlText Head(params (string Class, string En, string Zh)[] columns)
    {
        Markup("<thead><tr>");
        foreach (var (name, en, zh) in columns)
        {
            Markup(name.Length == 0 ? "<th scope=\"col\">" : $"<th scope=\"col\" class=\"{name}\">").Both(en, zh).Markup("</th>");
        }

        return Markup("</tr></thead>\n<tbody>\n");
    }

    public HtmlText Digests(Digests.DigestSet digest) =>
        Markup("<dl class=\"digest\"><dt>SHA-256</dt><dd>").Code(digest.Sha256).Markup("</dd><dt>SM3</dt><dd>").Code(digest.Sm3).Markup("</dd></dl>");

    public static string LookOf(Verdict verdict) => verdict switch
    {
        Verdict.Pass => "pass",
        Verdict.Fail => "fail",
        Verdict.NotApplicable => "none",
        _ => "undecided",
    };

    public byte[] ToUtf8() => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(html.ToString());
}
