namespace CiCompliance.Diagnostics;

/// <summary>One message in the two languages of the product. Both are kept in the evidence, so that a report can be read in either.</summary>
public readonly record struct LocalizedText(string En, string Zh)
{
    public string In(Language language) => language == Language.Chinese ? Zh : En;

    public override string ToString() => En;
}

/// <summary>Language of messages for people: <c>--language zh|en</c>.</summary>
public enum Language
{
    English,
    Chinese,
}
