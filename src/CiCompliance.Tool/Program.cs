using CiCompliance.Tool;
using CiCompliance.Tool.Hosting;

using var signals = new Signals();
return await Application.RunAsync(args, ToolHost.Current(), new Composition(), signals.Token);
