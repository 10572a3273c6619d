using Cake.Frosting;
using CiCompliance.Build;
using CiCompliance.Cake;
using Microsoft.Extensions.DependencyInjection;

return new CakeHost()
    .ConfigureServices(services => services.AddSingleton(Invocation.From(args)))
    .UseContext<BuildContext>()
    .RunCompliance(args);
