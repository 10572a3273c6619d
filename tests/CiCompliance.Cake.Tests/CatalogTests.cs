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

    private static IEnumerable<StageCatalog.Definition> Stages => StageCatalog.All;

    [Test]
    public void Tasks_OfAllStages_AreOneForEach() =>
        Tasks.Select(task => task.Stage).Order(StringComparer.Ordinal).ShouldBe(Stages.Select(stage => stage.Name).Order(StringComparer.Ordinal));

    [TestCaseSource(nameof(Stages))]
    public void Dependencies_OfEachTask_AreWhatMustHavePassedBefore(StageCatalog.Definition stage) =>
        Task(stage.Name).GetType().GetCustomAttributes<IsDependentOnAttribute>().Select(dependency => ((StageTask)Activator.CreateInstance(dependency.Task)!).Stage)
            .ShouldBe(stage.After);

    [TestCaseSource(nameof(Stages))]
    public void Name_OfEachTask_IsItsClasss(StageCatalog.Definition stage)
    {
        var type = Task(stage.Name).GetType();
        (type.GetCustomAttribute<TaskNameAttribute>()!.Name + "Task").ShouldBe(type.Name);
        type.GetCustomAttribute<TaskDescriptionAttribute>()!.Description.ShouldNotBeNullOrEmpty();
    }

    private static StageTask Task(string stage) => Tasks.Single(task => task.Stage == stage);
}
