namespace CiCompliance.TransparencyLog;

/// <summary>What one append of several bodies became: consecutive entries with one time, all under one checkpoint.</summary>
/// <param name="First">Index of the first.</param>
/// <param name="IntegratedTime">Seconds since 1970; never less than that of an earlier batch.</param>
/// <param name="Checkpoint">The first that covers them.</param>
public sealed record LoggedBatch(long First, long IntegratedTime, Checkpoint Checkpoint);
