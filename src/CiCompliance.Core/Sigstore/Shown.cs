namespace CiCompliance.Sigstore;

/// <summary>Text of a bundle in messages: nothing that a terminal or a runner obeys, and no more than a line.</summary>
internal static class Shown
{
    private const int MaxLength = 200;

    public static string Of(string text) => SafeText.Line(text.Length <= MaxLength ? text : text[..MaxLength] + "…");
}
