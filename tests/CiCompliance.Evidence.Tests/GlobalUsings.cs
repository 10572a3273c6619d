global using CiCompliance.Diagnostics;
global using CiCompliance.Evidence;
global using CiCompliance.Evidence.Verification;
global using CiCompliance.Keys;
global using CiCompliance.Testing;
