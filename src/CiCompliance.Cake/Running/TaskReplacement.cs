using System.Reflection;
using Cake.Core;
using Cake.Frosting;

namespace CiCompliance.Cake.Running;

/// <summary>
/// A task of the build's own takes the place of the package's when it has its name and derives from it: so it keeps the dependencies, and a
/// task that only happens to be called Build never passes for a stage. Cake alone refuses two tasks of one name.
/// </summary>
internal static class TaskReplacement
{
    /// <summary>Removes the replaced tasks.</summary>
    /// <returns>Their names.</returns>
    /// <exception cref="CakeException">A task has the name of the package's but does not derive from it (CIC0043).</exception>
    public static IReadOnlyList<string> Apply(List<IFrostingTask> tasks)
    {
        var own = tasks.Where(task => task.GetType().Assembly == typeof(TaskReplacement).Assembly).ToList();
        var replaced = new List<string>();
        foreach (var task in own)
        {
            foreach (var other in tasks.Except(own).Where(other => string.Equals(NameOf(other), NameOf(task), StringComparison.OrdinalIgnoreCase)))
            {
                replaced.Add(task.GetType().IsInstanceOfType(other) ? NameOf(task) : throw Refusal.Of(CakeDiagnostics.TaskName, NameOf(task),
                    new($"{other.GetType()} has the name of a stage's task but does not derive from it", $"{other.GetType()} 与阶段任务同名,但不是从它派生的"),
                    new($"Derive it from {task.GetType().Name} to replace the stage, or give it another name", $"若要替换该阶段,请从 {task.GetType().Name} 派生,否则请改名")));
            }
        }

        tasks.RemoveAll(task => own.Contains(task) && replaced.Contains(NameOf(task)));
        return replaced;
    }

    private static string NameOf(IFrostingTask task) =>
        task.GetType().GetCustomAttribute<TaskNameAttribute>()?.Name ?? task.GetType().Name;
}
