// Appends to the log in args[0] with the key in args[1] until it is killed, and prints each entry once it is acknowledged.
using System.Security.Cryptography;
using CiCompliance.Testing;
using CiCompliance.TransparencyLog;

using var key = new EcdsaTestSigner(pem: await File.ReadAllTextAsync(args[1]));
using var store = LogStore.Open(args[0], key, new EcdsaTestVerifier(), TimeProvider.System);
await using var output = Console.OpenStandardOutput();
Print("ready");
while (true)
{
    var batch = Enumerable.Range(0, RandomNumberGenerator.GetInt32(1, 5))
        .Select(_ => ProposedEntry.HashedRekord(RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(1, 9000)), key.PublicKey))
        .ToList();
    foreach (var entry in await store.AppendAsync(batch, CancellationToken.None))
    {
        Print($"{entry.Index} {Convert.ToHexStringLower(MerkleProof.LeafHash(entry.Body))}");
    }
}

void Print(string line)
{
    output.Write(System.Text.Encoding.ASCII.GetBytes(line + "\n"));
    output.Flush();
}
