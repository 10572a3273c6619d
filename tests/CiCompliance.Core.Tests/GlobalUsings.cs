global using CiCompliance.Testing;
