using System.Globalization;
using System.Text;

namespace CiCompliance.Go.Sumdb;

/// <summary>A record of the checksum database: the two go.sum lines of one module version.</summary>
/// <param name="Text">Its bytes as hashed into the leaf, last newline included.</param>
public sealed record SumdbRecord(ModuleVersion Module, string Zip, string GoMod, string Text)
{
    private const int MaxLength = 8 << 10;

    /// <param name="zip">The <c>h1:</c> hash of the zip.</param>
    /// <param name="goMod">That of its go.mod.</param>
    public static SumdbRecord Create(ModuleVersion module, string zip, string goMod) =>
        new(module, zip, goMod, $"{module.Path} {module.Version} {zip}\n{module.Path} {module.Version}/go.mod {goMod}\n");

    /// <exception cref="FormatException">Not exactly the zip line and the go.mod line of one module version.</exception>
    public static SumdbRecord Parse(string text)
    {
        if (text.Length > MaxLength || !text.EndsWith('\n'))
        {
            throw new LocalizedFormatException("not a checksum database record", "不是校验数据库记录");
        }

        var sum = GoSum.Parse(Encoding.UTF8.GetBytes(text));
        return sum is { Entries: [{ Zip: { } zip, GoMod: { } goMod } entry], Problems: [] }
            && Create(entry.Module, zip, goMod) is var record && text == record.Text
            ? record
            : throw new LocalizedFormatException("the record is not the zip line and the go.mod line of one module version", "记录不是同一模块版本的 zip 行与 go.mod 行");
    }
}

/// <summary>A reply to <c>/lookup/M@V</c>: record number, record, blank line, signed tree head.</summary>
internal sealed record LookupReply(long Id, SumdbRecord Record, byte[] Note)
{
    /// <exception cref="FormatException">Not such a reply.</exception>
    public static LookupReply Parse(ReadOnlySpan<byte> reply)
    {
        var first = reply.IndexOf((byte)'\n');
        var end = reply.IndexOf("\n\n"u8);
        if (first <= 0 || end <= first
            || !long.TryParse(SignedNote.Strict(reply[..first]), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            throw new LocalizedFormatException("the reply is not a record number, a record and a tree head", "返回内容不是记录号、记录与树头");
        }

        return new(id, SumdbRecord.Parse(SignedNote.Strict(reply[(first + 1)..(end + 1)])), reply[(end + 2)..].ToArray());
    }
}
