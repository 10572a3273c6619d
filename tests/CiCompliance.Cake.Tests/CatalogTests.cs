using System.Reflection;
using Cake.Frosting;
using CiCompliance.Cake.Tasks;
using CiCompliance.Pipeline;

namespace CiCompliance.Cake.Tests;

/// <summary>The tasks say what the catalog says.</summary>
public sealed class CatalogTests
{
    private static readonly IReadOnlyList<StageTask> Tasks =
        [.. typeof(StageTask).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(StageTask))).Select(type => (StageTask)Activator.CreateInstance(type)!)];

    private static IEnumerable<string> Stages => StageCatalog.All.Select(stage => stage.Name);

    [Test]
    public void Tasks_OfAllStages_AreOneForEach() =>
        Tasks.Select(task => task.Stage).Order(StringComparer.Ordinal).ShouldBe(Stages.Order(StringComparer.Ordinal));

    [TestCaseSource(nameof(Stages))]
    public void Dependencies_OfEachTask_AreWhatMustHavePassedBefore(string stage) =>
        Task(stage).GetType().GetCustomAttributes<IsDependentOnAttribute>().Select(dependency => ((StageTask)Activator.CreateInstance(dependency.Task)!).Stage)
            .ShouldBe(StageCatalog.All[StageCatalog.IndexOf(stage)].After);

    [TestCaseSource(nameof(Stages))]
    public void Name_OfEachTask_IsItsClasss(string stage)
    {
        var type = Task(stage).GetType();
        (type.GetCustomAttribute<TaskNameAttribute>()!.Name + "Task").ShouldBe(type.Name);
        type.GetCustomAttribute<TaskDescriptionAttribute>()!.Description.ShouldNotBeNullOrEmpty();
    }

    private static StageTask Task(string stage) => Tasks.Single(task => task.Stage == stage);
}
