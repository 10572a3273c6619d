global using CiCompliance.Diagnostics;
global using CiCompliance.Publishing;
global using CiCompliance.Testing;
