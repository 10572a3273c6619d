using System.Text;
using CiCompliance.Testing;

namespace CiCompliance.Cryptography.Tests.Mutations;

/// <summary>Changes the lines of armours, git objects and lists of keys; one time in four their bytes.</summary>
internal sealed class TextMutator(DeterministicBytes random)
{
    private static readonly string[] Strange =
    [
        "", " ", "\t", "\0", "=AAAA", "====", "Comment: x", "Hash: SHA1", "# x", "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----", "-----BEGIN PGP MESSAGE-----",
        "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----", "-----BEGIN SIGNED MESSAGE-----", "-----END SIGNED MESSAGE-----",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----", "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----", "-----BEGIN ",
        "gpgsig x", "gpgsig-sha256 x", " x", "parent 4b825dc642cb6eb9a060e54bf8d69288fbee4904", "encoding ISO-8859-1", "mergetag object x", "committer E <e@example.cn> 1 +0000",
        "author E <e@example.cn> 99999999999999999999 +9999", "tagger E <e@example.cn> 1 +0000", "e@example.cn namespaces=\"git\" ssh-ed25519 AAAA", "* cert-authority ssh-rsa AAAA",
    ];

    private readonly Mutator bytes = new(random);

    public byte[] Mutate(byte[] text, byte[] donor)
    {
        var mutated = random.Next(4) == 0 ? bytes.Mutate(text, donor) : Lines(text, donor);
        return mutated.AsSpan().SequenceEqual(text) ? bytes.Mutate(text, donor) : mutated;
    }

    private byte[] Lines(byte[] text, byte[] donor)
    {
        var lines = Encoding.Latin1.GetString(text).Split('\n').ToList();
        for (var count = 1 + random.Next(2); count > 0; count--)
        {
            lines = lines is [] ? [""] : Change(lines, Encoding.Latin1.GetString(donor).Split('\n'));
        }

        return Encoding.Latin1.GetBytes(string.Join(random.Next(16) == 0 ? "\r\n" : "\n", lines));
    }

    private List<string> Change(List<string> lines, string[] donor)
    {
        var (one, other) = (random.Next(lines.Count), random.Next(lines.Count));
        switch (random.Next(9))
        {
            case 0:
                (lines[one], lines[other]) = (lines[other], lines[one]);
                break;
            case 1:
                lines.RemoveAt(one);
                break;
            case 2:
                lines.Insert(other, lines[one]);
                break;
            case 3:
                lines.Insert(one, Strange[random.Next(Strange.Length)]);
                break;
            case 4:
                lines[one] = Strange[random.Next(Strange.Length)];
                break;
            case 5:
                lines[one] = donor[random.Next(donor.Length)];
                break;
            case 6:
                lines[one] += " \t\r"[random.Next(3)];
                break;
            case 7:
                lines[one] = lines[one].Insert(random.Next(lines[one].Length + 1), ((char)random.Next(256)).ToString());
                break;
            default:
                return random.Next(2) == 0 ? [.. lines, .. donor] : random.Next(8) == 0 ? [.. Enumerable.Repeat(lines, 1 + random.Next(200)).SelectMany(all => all)] : [.. lines[one..], .. lines[..one]];
        }

        return lines;
    }
}
