using System.Globalization;

namespace CiCompliance.Policy;

/// <summary>Why a value is refused, and what to write instead.</summary>
internal sealed record PolicyObjection(Diagnostic Diagnostic, LocalizedText What, LocalizedText Fix)
{
    public static PolicyObjection Value(LocalizedText what, LocalizedText fix) => new(PolicyDiagnostics.WrongValue, what, fix);
}

/// <summary>One mapping of the policy while it is read: typed access by key, and at the end the keys that nobody asked for.</summary>
/// <param name="path">Dotted name, empty for the root.</param>
/// <param name="mapping">Null where the section is left out or has the wrong type.</param>
internal sealed class PolicySection(string path, YamlMapping? mapping, YamlNode at, PolicyProblems problems)
{
    public const int MaxItems = 256;

    private readonly List<string> known = [];

    /// <summary>Whether the file has this section at all.</summary>
    public bool IsPresent => mapping is not null;

    public YamlNode At => mapping ?? at;

    public PolicySection Section(string key) =>
        Find(key) switch
        {
            null => new(Name(key), null, At, problems),
            YamlMapping inner => new(Name(key), inner, inner, problems),
            var other => Wrong(key, other, new("must hold keys and values below it", "下应为若干键值"), new PolicySection(Name(key), null, other, problems)),
        };

    /// <summary>A list of mappings; none where the key is left out.</summary>
    public IReadOnlyList<PolicySection> Sections(string key) =>
        Find(key) switch
        {
            null => [],
            YamlSequence { Items.Count: > 0 and <= MaxItems } sequence when sequence.Items.All(item => item is YamlMapping) =>
                [.. sequence.Items.Select((item, index) => new PolicySection($"{Name(key)}[{index + 1}]", (YamlMapping)item, item, problems))],
            var other => Wrong<IReadOnlyList<PolicySection>>(key, other,
                new($"must be a list of 1 to {MaxItems} entries, each with keys of its own", $"应为包含 1 到 {MaxItems} 项的列表，每项含若干键值"), []),
        };

    /// <returns>The text, or null where it is left out or refused; both are noted when they are problems.</returns>
    public string? Text(string key, bool required, Func<string, PolicyObjection?>? check = null)
    {
        var node = Find(key);
        if (node is null)
        {
            if (required)
            {
                AddMissing(key);
            }

            return null;
        }

        return TextOf(key, node, check);
    }

    public T Choice<T>(string key, T otherwise, params (string Word, T Value)[] choices)
    {
        var words = choices.Select(choice => choice.Word).ToArray();
        var word = Text(key, required: false, value => words.Contains(value, StringComparer.Ordinal) ? null : NotOneOf(value, words));
        return word is null ? otherwise : choices.First(choice => choice.Word == word).Value;
    }

    /// <summary>Like <see cref="Choice"/>, without a default: null where it is missing, which is a problem.</summary>
    public T? RequiredChoice<T>(string key, params (string Word, T Value)[] choices)
        where T : struct
    {
        if (Find(key) is null)
        {
            AddMissing(key, choices.Select(choice => choice.Word));
        }

        return Choice<T?>(key, null, [.. choices.Select(choice => (choice.Word, (T?)choice.Value))]);
    }

    public bool Flag(string key) =>
        Find(key) switch
        {
            null => false,
            YamlScalar { IsPlain: true, Value: "true" } => true,
            YamlScalar { IsPlain: true, Value: "false" } => false,
            var other => Wrong(key, other, new("must be true or false, without quotes", "应为 true 或 false，不带引号"), false),
        };

    public int? Integer(string key)
    {
        if (Find(key) is null)
        {
            AddMissing(key);
        }

        return OptionalInteger(key);
    }

    public int? OptionalInteger(string key) =>
        Find(key) switch
        {
            null => null,
            YamlScalar { IsPlain: true } scalar when int.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
            var node => Wrong<int?>(key, node, new("must be a number, without quotes", "应为数字，不带引号"), null),
        };

    public IReadOnlyList<string> RequiredList(string key, Func<string, PolicyObjection?> check)
    {
        if (Find(key) is null)
        {
            AddMissing(key);
        }

        return List(key, [], check);
    }

    public IReadOnlyList<string> List(string key, IReadOnlyList<string> otherwise, Func<string, PolicyObjection?> check)
    {
        var node = Find(key);
        if (node is null)
        {
            return otherwise;
        }

        if (node is not YamlSequence { Items.Count: > 0 and <= MaxItems } sequence)
        {
            return Wrong(key, node, new($"must be a list of 1 to {MaxItems} entries", $"应为包含 1 到 {MaxItems} 项的列表"), otherwise);
        }

        var values = new List<string>();
        foreach (var item in sequence.Items)
        {
            if (TextOf(key, item, check) is not { } value)
            {
                continue;
            }

            if (values.Contains(value, StringComparer.Ordinal))
            {
                problems.Add(PolicyDiagnostics.WrongValue, item, new($"'{Name(key)}' names '{value}' twice", $"“{Name(key)}”重复列出“{value}”"),
                    new("Keep it once", "请只保留一次"));
                continue;
            }

            values.Add(value);
        }

        return values;
    }

    /// <summary>Notes a problem at the value of a key, or at the section where the key is left out.</summary>
    public void Add(Diagnostic diagnostic, string key, LocalizedText what, LocalizedText fix) => problems.Add(diagnostic, Find(key) ?? At, what, fix);

    /// <summary>Names every key that was not asked for, with the nearest right one.</summary>
    public void Close()
    {
        foreach (var key in (mapping?.Members ?? []).Select(member => member.Key).Where(key => !known.Contains(key.Value, StringComparer.Ordinal)))
        {
            var what = new LocalizedText(
                path.Length == 0 ? $"there is no key '{Shown(key.Value)}'" : $"'{path}' has no key '{Shown(key.Value)}'",
                path.Length == 0 ? $"不存在键“{Shown(key.Value)}”" : $"“{path}”下不存在键“{Shown(key.Value)}”");
            problems.Add(PolicyDiagnostics.UnknownKey, key, what, Suggestion(key.Value));
        }
    }

    private static PolicyObjection NotOneOf(string value, string[] words)
    {
        var nearest = NearestWord.Of(value, words);
        var all = string.Join(", ", words);
        return PolicyObjection.Value(
            new($"'{Shown(value)}' is not one of {all}", $"“{Shown(value)}”不是 {all} 之一"),
            nearest is null ? new("Write one of them", "请填写其中之一") : new($"Did you mean '{nearest}'?", $"是否想写“{nearest}”？"));
    }

    private static string Shown(string value) => value.Length <= 64 ? value : value[..64] + "…";

    private LocalizedText Suggestion(string key)
    {
        if (NearestWord.Of(key, known) is { } nearest)
        {
            return new($"Did you mean '{nearest}'?", $"是否想写“{nearest}”？");
        }

        var elsewhere = PolicyReader.KeyPaths.FirstOrDefault(full => full.EndsWith('.' + key, StringComparison.Ordinal) || full == key);
        var all = string.Join(", ", known);
        return elsewhere is not null
            ? new($"Did you mean '{elsewhere}'?", $"是否想写“{elsewhere}”？")
            : new($"Remove it; the keys here are {all}", $"请删除；此处可用的键为 {all}");
    }

    private string? TextOf(string key, YamlNode node, Func<string, PolicyObjection?>? check)
    {
        if (node is not YamlScalar scalar || scalar.IsNull || scalar.Value.Length == 0)
        {
            return Wrong<string?>(key, node, new("must be a text that is not empty", "应为非空文本"), null);
        }

        if (check?.Invoke(scalar.Value) is { } objection)
        {
            problems.Add(objection.Diagnostic, node, new($"'{Name(key)}': {objection.What.En}", $"“{Name(key)}”：{objection.What.Zh}"), objection.Fix);
            return null;
        }

        return scalar.Value;
    }

    private T Wrong<T>(string key, YamlNode node, LocalizedText rule, T result)
    {
        problems.Add(PolicyDiagnostics.WrongValue, node, new($"'{Name(key)}' {rule.En}", $"“{Name(key)}”{rule.Zh}"),
            new("Correct the value; docs/diagnostics/CIC5006.md shows each form", "请改正该值；各种写法见 docs/diagnostics/CIC5006.md"));
        return result;
    }

    private void AddMissing(string key, IEnumerable<string>? words = null)
    {
        var choices = words is null ? "" : ": " + string.Join(", ", words);
        problems.Add(PolicyDiagnostics.MissingKey, At, new($"'{Name(key)}' is missing", $"缺少“{Name(key)}”"),
            new($"Add it{choices}", $"请添加该键{choices}"));
    }

    private YamlNode? Find(string key)
    {
        if (!known.Contains(key, StringComparer.Ordinal))
        {
            known.Add(key);
        }

        return mapping?.Members.FirstOrDefault(member => member.Key.Value == key).Value;
    }

    private string Name(string key) => path.Length == 0 ? key : $"{path}.{key}";
}
