using System.Text.Json.Serialization;

namespace JitApprovals;

/// <summary>What an approver must do to approve a request.</summary>
[JsonConverter(typeof(ChoiceConverter<ApprovalType>))]
public enum ApprovalType
{
    /// <summary>Approve it.</summary>
    Approve,

    /// <summary>Sign it, too.</summary>
    SignAndApprove,
}

/// <summary>The status of a request.</summary>
[JsonConverter(typeof(ChoiceConverter<RequestStatus>))]
public enum RequestStatus
{
    /// <summary>Nobody has decided yet, or not enough people.</summary>
    Pending,

    /// <summary>Approved: there is a grant.</summary>
    Approved,

    /// <summary>Rejected.</summary>
    Rejected,

    /// <summary>Withdrawn.</summary>
    Cancelled,

    /// <summary>Not decided in time.</summary>
    Expired,
}

/// <summary>The status of a grant.</summary>
[JsonConverter(typeof(ChoiceConverter<GrantStatus>))]
public enum GrantStatus
{
    /// <summary>It can be used.</summary>
    Issued,

    /// <summary>It was used.</summary>
    Consumed,

    /// <summary>It was revoked.</summary>
    Revoked,

    /// <summary>It was not used in time.</summary>
    Expired,
}

/// <summary>A decision.</summary>
[JsonConverter(typeof(ChoiceConverter<Verdict>))]
public enum Verdict
{
    /// <summary>Approved.</summary>
    Approve,

    /// <summary>Rejected.</summary>
    Reject,
}

/// <summary>Which people a directory contained.</summary>
[JsonConverter(typeof(ChoiceConverter<PeopleKnown>))]
public enum PeopleKnown
{
    /// <summary>It accepted everyone.</summary>
    Everyone,

    /// <summary>It listed people.</summary>
    Listed,
}

/// <summary>What kind of actor makes a change.</summary>
[JsonConverter(typeof(ChoiceConverter<ActorKind>))]
public enum ActorKind
{
    /// <summary>An application.</summary>
    Application,

    /// <summary>An approver.</summary>
    Approver,

    /// <summary>An administrator.</summary>
    Administrator,

    /// <summary>A part of the system.</summary>
    System,
}
