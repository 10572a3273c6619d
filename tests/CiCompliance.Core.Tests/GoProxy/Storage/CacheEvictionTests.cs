using CiCompliance.GoProxy.Storage;

namespace CiCompliance.Core.Tests.GoProxy.Storage;

public sealed class CacheEvictionTests
{
    private static readonly DateTime Old = DateTime.UtcNow - TimeSpan.FromDays(100);

    private readonly List<string> removed = [];

    [SetUp]
    public void SetUp() => removed.Clear();

    [Test]
    public void Run_BesideWhatCannotBeRead_RemovesTheRest_AndSaysSo()
    {
        var contents = new Content[] { new([Item("before", Old)], new IOException("the disk is broken")), new([Item("other", Old), Item("young", DateTime.UtcNow)], null) };
        Should.Throw<IOException>(() => Evict(contents)).InnerException!.Message.ShouldBe("the disk is broken");
        removed.ShouldBe(["before", "other"], ignoreOrder: true);
    }

    [Test]
    public void Run_BesideWhatCannotBeRemoved_RemovesWhatIsOlder_AndSaysSo()
    {
        var stuck = new CacheItem(Old, 10, () => throw new UnauthorizedAccessException("it is immutable"));
        Should.Throw<IOException>(() => Evict(new Content([stuck, Item("older", Old - TimeSpan.FromDays(1))], null))).InnerException.ShouldBeOfType<UnauthorizedAccessException>();
        removed.ShouldBe(["older"]);
    }

    private static int Evict(params Content[] contents) => CacheEviction.Run(contents, 1000, TimeSpan.FromDays(90), TimeProvider.System, CancellationToken.None);

    private CacheItem Item(string name, DateTime lastUsed) => new(lastUsed, 10, () =>
    {
        removed.Add(name);
        return true;
    });

    private sealed class Content(IReadOnlyList<CacheItem> items, Exception? failure) : ICacheContent
    {
        public void Prepare()
        {
        }

        public IEnumerable<CacheItem> Items()
        {
            foreach (var item in items)
            {
                yield return item;
            }

            if (failure is not null)
            {
                throw failure;
            }
        }
    }
}
