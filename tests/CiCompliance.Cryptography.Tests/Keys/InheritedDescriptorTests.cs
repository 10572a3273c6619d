using System.Diagnostics;
using System.IO.Pipes;
using CiCompliance.Cryptography.Keys;

namespace CiCompliance.Cryptography.Tests.Keys;

public sealed class InheritedDescriptorTests
{
    [Test]
    public void HideFromChildren_OfAnInheritableDescriptor_LeavesItToThisProcessAlone()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
        var descriptor = pipe.GetClientHandleAsString();
        IsOpenInAChild(descriptor).ShouldBeTrue();
        InheritedDescriptor.HideFromChildren(int.Parse(descriptor, null));
        IsOpenInAChild(descriptor).ShouldBeFalse();
        File.Exists($"/proc/self/fd/{descriptor}").ShouldBeTrue();
    }

    private static bool IsOpenInAChild(string descriptor)
    {
        using var child = Process.Start("/bin/sh", ["-c", $"test -e /proc/self/fd/{descriptor}"]);
        child.WaitForExit();
        return child.ExitCode == 0;
    }
}
