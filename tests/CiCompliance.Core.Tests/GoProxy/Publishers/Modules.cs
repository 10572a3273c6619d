using CiCompliance.Go;
using CiCompliance.GoProxy.Publishers;

namespace CiCompliance.Core.Tests.GoProxy.Publishers;

internal static class Modules
{
    public const string Prefix = "git.example.cn/team";

    public static readonly ModuleVersion Lib = new("git.example.cn/team/lib", "v1.2.3");
    public static readonly string ZipHash = Hash(1);
    public static readonly string GoModHash = Hash(2);

    public static ModuleStatement Statement => ModuleStatement.Create(Lib, ZipHash, GoModHash);

    public static string Hash(byte fill) => "h1:" + Convert.ToBase64String(Enumerable.Repeat(fill, 32).ToArray());
}
