using Cake.Core;

namespace Cake.Frosting;

/// <summary>The context that tasks are run with.</summary>
public interface IFrostingContext : ICakeContext;

/// <summary>Base class of an application's own context; it passes everything on to the context it is given.</summary>
public class FrostingContext(ICakeContext context) : CakeContextAdapter(context), IFrostingContext;
