namespace CiCompliance.Policy;

/// <summary>A node of the small part of YAML that a policy may use, with where it begins (both from 1).</summary>
internal abstract record YamlNode(long Line, long Column);

/// <param name="IsPlain">Written without quotes.</param>
internal sealed record YamlScalar(string Value, bool IsPlain, long Line, long Column) : YamlNode(Line, Column)
{
    public bool IsNull => IsPlain && Value is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed record YamlSequence(IReadOnlyList<YamlNode> Items, long Line, long Column) : YamlNode(Line, Column);

internal sealed record YamlMapping(IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> Members, long Line, long Column) : YamlNode(Line, Column);
