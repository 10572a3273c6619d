using Cake.Frosting;
using CiCompliance.Build;
using Microsoft.Extensions.DependencyInjection;

var outcome = new RunOutcome();
var exitCode = new CakeHost()
    .ConfigureServices(services => services.AddSingleton(outcome).AddSingleton(Invocation.From(args)))
    .UseContext<BuildContext>()
    .Run(args);
outcome.Print();
return outcome.ExitCode(exitCode);
