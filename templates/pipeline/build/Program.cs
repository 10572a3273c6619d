using Build;
using Cake.Frosting;
using CiCompliance.Cake;

return new CakeHost()
    .AddAssembly(typeof(ComplianceContext).Assembly)
    .UseContext<BuildContext>()
    .RunCompliance(args);
