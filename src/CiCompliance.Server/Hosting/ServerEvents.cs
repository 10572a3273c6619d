using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CiCompliance.Server.Hosting;

/// <summary>
/// One line of JSON for each thing an operator should know: start, stop, errors. Never a request's content. Where it can't be written it is lost: nothing that the
/// server does or answers hangs on it.
/// </summary>
internal sealed class ServerEvents(TextWriter output, TimeProvider clock)
{
    private static readonly JsonWriterOptions Ascii = new() { Encoder = JavaScriptEncoder.Default };

    private readonly Lock gate = new();

    public void Write(string name, params ReadOnlySpan<(string Name, object Value)> members)
    {
        var line = Line(clock.GetUtcNow(), name, members);
        try
        {
            lock (gate)
            {
                output.WriteLine(line);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // A file on a full disk, a pipe that nobody reads any more.
        }
    }

    /// <summary>ASCII, without the line's end.</summary>
    public static string Line(DateTimeOffset time, string name, params ReadOnlySpan<(string Name, object Value)> members)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Ascii))
        {
            writer.WriteStartObject();
            writer.WriteString("time", time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
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

        return Encoding.ASCII.GetString(buffer.ToArray());
    }

    public void Error(Exception e)
    {
        var (code, message) = e is CiComplianceException known
            ? (known.Diagnostic.Code, $"{known.Finding.Origin}: {known.Finding.What.En}")
            : (e.GetType().Name, e.Message);
        Write("error", ("code", code), ("message", SafeText.Line(message, 400)));
    }
}
