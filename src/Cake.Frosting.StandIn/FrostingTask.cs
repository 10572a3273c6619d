using Cake.Core;

// CA1033: Cake.Frosting implements the interface explicitly, so that a task has one Run of its own context's type.
#pragma warning disable CA1033

namespace Cake.Frosting;

/// <summary>A task of the build; found in the registered assemblies when its class is public and not abstract.</summary>
public interface IFrostingTask
{
    Task RunAsync(ICakeContext context);

    bool ShouldRun(ICakeContext context);
}

/// <summary>A task that runs synchronously, over the application's own context.</summary>
/// <typeparam name="T">The context named in <see cref="CakeHostExtensions.UseContext{TContext}"/>.</typeparam>
public abstract class FrostingTask<T> : IFrostingTask
    where T : ICakeContext
{
    public virtual void Run(T context)
    {
    }

    public virtual bool ShouldRun(T context) => true;

    Task IFrostingTask.RunAsync(ICakeContext context)
    {
        Run((T)context);
        return Task.CompletedTask;
    }

    bool IFrostingTask.ShouldRun(ICakeContext context) => ShouldRun((T)context);
}

/// <summary>A synchronous task over the plain context.</summary>
public abstract class FrostingTask : FrostingTask<ICakeContext>;

/// <summary>A task that runs asynchronously, over the application's own context.</summary>
/// <typeparam name="T">The context named in <see cref="CakeHostExtensions.UseContext{TContext}"/>.</typeparam>
public abstract class AsyncFrostingTask<T> : IFrostingTask
    where T : ICakeContext
{
    public virtual Task RunAsync(T context) => Task.CompletedTask;

    public virtual bool ShouldRun(T context) => true;

    Task IFrostingTask.RunAsync(ICakeContext context) => RunAsync((T)context);

    bool IFrostingTask.ShouldRun(ICakeContext context) => ShouldRun((T)context);
}

/// <summary>An asynchronous task over the plain context.</summary>
public abstract class AsyncFrostingTask : AsyncFrostingTask<ICakeContext>;
