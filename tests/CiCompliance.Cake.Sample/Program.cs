using Cake.Frosting;
using CiCompliance.Cake;

// A build as a user has it (docs/guides/cake.md), run by the tests as a process of its own.
return new CakeHost()
    .AddAssembly(typeof(ComplianceContext).Assembly)
    .UseContext<ComplianceContext>()
    .RunCompliance(args);
