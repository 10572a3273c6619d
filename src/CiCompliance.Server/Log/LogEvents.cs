using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CiCompliance.Server.Log;

/// <summary>One line of JSON for each thing an operator should know: start, stop, errors. Never a request's content.</summary>
internal sealed class LogEvents(TextWriter output, TimeProvider clock)
{
    private static readonly JsonWriterOptions Ascii = new() { Encoder = JavaScriptEncoder.Default };

    private readonly Lock gate = new();

    public void Write(string name, params ReadOnlySpan<(string Name, object Value)> members)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Ascii))
        {
            writer.WriteStartObject();
            writer.WriteString("time", clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("event", name);
            foreach (var (member, value) in members)
            {
                if (value is long number)
                {
                    writer.WriteNumber(member, number);
                }
                else
                {
                    writer.WriteString(member, value.ToString());
                }
            }

            writer.WriteEndObject();
        }

        var line = Encoding.ASCII.GetString(buffer.ToArray());
        lock (gate)
        {
            output.WriteLine(line);
        }
    }

    public void Error(Exception e)
    {
        var (code, message) = e is CiComplianceException known
            ? (known.Diagnostic.Code, $"{known.Finding.Origin}: {known.Finding.What.En}")
            : (e.GetType().Name, e.Message);
        Write("error", ("code", code), ("message", SafeText.Line(message, 400)));
    }
}
