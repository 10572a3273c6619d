using System.Reflection;
using Cake.Core;

namespace Cake.Frosting.Internal;

internal static class TaskRegistration
{
    public static IEnumerable<Type> FindTasks(IEnumerable<Assembly> assemblies) => assemblies
        .SelectMany(assembly => assembly.GetExportedTypes())
        .Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IFrostingTask).IsAssignableFrom(type));

    public static void Register(ICakeEngine engine, IFrostingTask task, IFrostingContext context)
    {
        var type = task.GetType();
        var builder = engine.RegisterTask(NameOf(type));
        if (type.GetCustomAttribute<TaskDescriptionAttribute>() is { } description)
        {
            builder.Description(description.Description);
        }

        foreach (var dependency in type.GetCustomAttributes<IsDependentOnAttribute>())
        {
            builder.IsDependentOn(NameOf(dependency.Task));
        }

        foreach (var dependee in type.GetCustomAttributes<IsDependeeOfAttribute>())
        {
            builder.IsDependeeOf(NameOf(dependee.Task));
        }

        builder.WithCriteria(() => task.ShouldRun(context));
        builder.Does(() => task.RunAsync(context));
    }

    private static string NameOf(Type task) => task.GetCustomAttribute<TaskNameAttribute>()?.Name ?? task.Name;
}
