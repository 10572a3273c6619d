using CiCompliance.GoProxy;
using CiCompliance.GoProxy.Checksums;
using CiCompliance.GoProxy.Storage;
using CiCompliance.Server.GoProxy.Records;

namespace CiCompliance.Server.GoProxy;

/// <summary>What the proxy's routes need.</summary>
/// <param name="Public">Null where the proxy has no way to the public checksum database.</param>
internal sealed record ProxyParts(ModuleRules Rules, ModuleGate Gate, IModuleStore Store, RecordBook Records, PublicDatabase? Public, IDecisionLog Decisions, GoProxyMetrics Metrics);
