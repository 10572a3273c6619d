global using CiCompliance.Diagnostics;
