using CiCompliance.Go;
using CiCompliance.Go.Sumdb;
using CiCompliance.GoProxy.Storage;

namespace CiCompliance.GoProxy;

/// <summary>Where each decision of the gate is written down, before anybody learns of it. What lets something through is on the disk when its task ends.</summary>
public interface IDecisionLog
{
    /// <param name="file"><c>go.mod</c> or <c>zip</c>.</param>
    /// <exception cref="IOException">It can't be written: then nothing passes.</exception>
    Task PassedAsync(ModuleVersion module, string file, StoredModule stored);

    /// <summary>A record is about to be written that will stand for ever.</summary>
    /// <param name="authority">Whose word it is: the public database's name, or the id of a publisher's or an export's key.</param>
    /// <exception cref="IOException">It can't be written: then nothing is recorded.</exception>
    Task RecordingAsync(SumdbRecord record, string authority);

    /// <summary>Also an alarm where the finding is a verdict against the module or the database.</summary>
    void Refused(ModuleVersion module, string file, Finding finding);
}
