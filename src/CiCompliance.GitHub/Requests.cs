using Octokit;
using CommitStatus = CiCompliance.Publishing.CommitStatus;

namespace CiCompliance.GitHub;

/// <summary>Octokit's request models from the port's records.</summary>
internal static class Requests
{
    private const int MaxDescription = 140;

    public static StringEnum<CheckConclusion>? Conclusion(string? conclusion) => conclusion switch
    {
        null => null,
        "success" => CheckConclusion.Success,
        "failure" => CheckConclusion.Failure,
        _ => CheckConclusion.ActionRequired,
    };

    public static NewCheckRunOutput Output(CheckRunPart part) => new(part.Title, part.Summary)
    {
        Annotations = part.Annotations.Count == 0 ? null : [.. part.Annotations.Select(Annotation)],
    };

    public static NewCommitStatus Status(CommitStatus status) => new()
    {
        Context = status.Context,
        State = status.State switch { "success" => CommitState.Success, "failure" => CommitState.Failure, _ => CommitState.Error },
        Description = status.Description.Length <= MaxDescription ? status.Description : status.Description[..MaxDescription],
        TargetUrl = status.TargetUrl,
    };

    private static NewCheckRunAnnotation Annotation(Annotation annotation) => new(annotation.Path, annotation.Line, annotation.Line,
        annotation.Level == AnnotationLevel.Failure ? CheckAnnotationLevel.Failure : CheckAnnotationLevel.Warning, annotation.Message)
    {
        Title = annotation.Title,
        StartColumn = annotation.Column,
        EndColumn = annotation.Column,
    };
}
