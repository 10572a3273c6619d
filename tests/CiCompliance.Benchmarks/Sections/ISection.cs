namespace CiCompliance.Benchmarks.Sections;

/// <summary>One comparison of the benchmark.</summary>
internal interface ISection
{
    string Name { get; }

    void Run(TextWriter output);
}
