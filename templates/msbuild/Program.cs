// The service; its Go sidecar lies in sidecar/ and, once judged, beside this program.
var sidecar = Path.Combine(AppContext.BaseDirectory, "ledger-linux-amd64");
Console.WriteLine(File.Exists(sidecar) ? $"sidecar: {sidecar}" : "no sidecar: it is copied by dotnet build -p:CiComplianceOnBuild=true");
