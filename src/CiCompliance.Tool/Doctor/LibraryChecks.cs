using System.Runtime.InteropServices;
using CiCompliance.Tool.Output;

namespace CiCompliance.Tool.Doctor;

/// <summary>Native libraries that make a run faster; without them a managed or a git process does the same.</summary>
internal static class LibraryChecks
{
    public static DoctorRow LibCrypto() => Row("libcrypto", ["libcrypto.so.3", "libcrypto.so.4"],
        new("without it SM3 over big files takes twice as long", "缺少时大文件的 SM3 计算耗时约加倍"), new("Install OpenSSL 3 with SM3", "请安装支持 SM3 的 OpenSSL 3"));

    private static DoctorRow Row(string name, IReadOnlyList<string> files, LocalizedText without, LocalizedText fix)
    {
        var found = files.FirstOrDefault(IsThere);
        return found is null
            ? new DoctorRow(name, DoctorStatus.Missing, false, without, fix)
            : new DoctorRow(name, DoctorStatus.Ok, false, new(found, found), default);
    }

    private static bool IsThere(string file)
    {
        if (!NativeLibrary.TryLoad(file, out var library))
        {
            return false;
        }

        NativeLibrary.Free(library);
        return true;
    }
}
