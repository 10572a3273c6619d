global using CiCompliance.Diagnostics;
global using CiCompliance.Doors;
global using Microsoft.Build.Framework;
global using Task = Microsoft.Build.Utilities.Task;
