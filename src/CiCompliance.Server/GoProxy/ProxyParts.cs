using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Server.GoProxy.Records;

namespace CiCompliance.Server.GoProxy;

/// <summary>What the proxy's routes need.</summary>
internal sealed record ProxyParts(ModuleRules Rules, ModuleGate Gate, IModuleStore Store, RecordBook Records, GoProxyMetrics Metrics);
