namespace CiCompliance.Server.Tests;

/// <summary>The lines that a server wrote so far, for a test to read while it still writes.</summary>
internal sealed class EventText : StringWriter
{
    private readonly Lock gate = new();

    public override void WriteLine(string? value)
    {
        lock (gate)
        {
            base.WriteLine(value);
        }
    }

    public override string ToString()
    {
        lock (gate)
        {
            return base.ToString();
        }
    }
}
