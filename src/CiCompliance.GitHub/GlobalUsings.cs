global using CiCompliance.Diagnostics;
global using CiCompliance.Publishing;
