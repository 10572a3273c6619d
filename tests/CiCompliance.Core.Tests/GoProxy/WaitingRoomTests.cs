using CiCompliance.Diagnostics;
using CiCompliance.Go;
using CiCompliance.GoProxy;

namespace CiCompliance.Core.Tests.GoProxy;

public sealed class WaitingRoomTests
{
    private static readonly ModuleVersion Module = new("example.com/a", "v1.0.0");

    [Test]
    public async Task EnterAsync_WhenAllPlacesAndChairsAreTaken_SendsAwayAtOnce()
    {
        using var room = new WaitingRoom(1, 1);
        var first = await room.EnterAsync(Module, CancellationToken.None);
        var second = room.EnterAsync(Module, CancellationToken.None);
        second.IsCompleted.ShouldBeFalse();

        (await Should.ThrowAsync<CiComplianceException>(() => room.EnterAsync(Module, CancellationToken.None))).Diagnostic.Code.ShouldBe("CIC7114");

        first.Dispose();
        first.Dispose();
        using var place = await second;
        room.EnterAsync(Module, CancellationToken.None).IsCompleted.ShouldBeFalse();
    }

    [Test]
    public async Task EnterAsync_OfWhoGoesAway_LeavesHisChair()
    {
        using var room = new WaitingRoom(1, 1);
        using var first = await room.EnterAsync(Module, CancellationToken.None);
        using var away = new CancellationTokenSource();
        var second = room.EnterAsync(Module, away.Token);
        await away.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => second);

        room.EnterAsync(Module, CancellationToken.None).IsCompleted.ShouldBeFalse();
    }
}
