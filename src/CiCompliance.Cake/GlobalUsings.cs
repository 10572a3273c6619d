global using CiCompliance.Diagnostics;
global using CiCompliance.Doors;
