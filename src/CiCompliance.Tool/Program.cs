using CiCompliance.Processes;
using CiCompliance.Tool;
using CiCompliance.Tool.Hosting;

InheritedDescriptors.KeepFromChildren();
using var signals = new Signals();
var host = ToolHost.Current();
return await Application.RunAsync(args, host, new Composition(host), signals.Token);
