using CiCompliance.Tool;
using CiCompliance.Tool.Hosting;

using var signals = new Signals();
var host = ToolHost.Current();
return await Application.RunAsync(args, host, new Composition(host), signals.Token);
