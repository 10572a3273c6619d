using Cake.Frosting;
using CiCompliance.Build;
using Microsoft.Extensions.DependencyInjection;

var closing = new ClosingLines();
var exitCode = new CakeHost()
    .ConfigureServices(services => services.AddSingleton(closing).AddSingleton(Invocation.From(args)))
    .UseContext<BuildContext>()
    .Run(args);
closing.Print();
return exitCode;
