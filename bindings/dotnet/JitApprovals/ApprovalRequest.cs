using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using JitApprovals.Native;

namespace JitApprovals;

/// <summary>
/// A request that someone approve one act, with all its events. Each command adds the event that it makes. A command that
/// throws changes nothing. Commands of several threads run one after the other.
/// </summary>
/// <remarks>
/// To store a request, insert the new events under a unique (request, sequence) key before you reply or act: only this
/// makes a grant single-use between processes. <see cref="Restore(IEnumerable{string}, Head?, TimeProvider?)"/> makes the
/// request from its events again.
/// </remarks>
public sealed unsafe class ApprovalRequest : IDisposable
{
    private readonly ApprovalRequestHandle handle;
    private readonly TimeProvider clock;

    /// <summary>What never changes.</summary>
    private readonly JsonElement opened;
    private readonly JsonElement details;

    internal ApprovalRequest(JitApprovalRequest* request, TimeProvider? clock)
    {
        handle = new ApprovalRequestHandle(request);
        this.clock = clock ?? TimeProvider.System;
        // What never changes is the same at any time.
        opened = Record(DateTimeOffset.MaxValue);
        using Borrowed<JitApprovalRequest> borrowed = handle.Borrow(this);
        JitBuffer buffer;
        details = Result.Json(NativeMethods.jit_approval_request_details(borrowed.Pointer, &buffer), buffer);
    }

    /// <summary>The id: a UUID.</summary>
    public string Id => opened.Text("id");

    /// <summary>The key of the template.</summary>
    public string TemplateId => opened.Text("templateId");

    /// <summary>The version of the template.</summary>
    public int TemplateVersion => opened.GetProperty("templateVersion").GetInt32();

    /// <summary>What an approver must do to approve it.</summary>
    public ApprovalType ApprovalType => opened.Choice<ApprovalType>("approvalType");

    /// <summary>The title as the approver sees it.</summary>
    public string Title => opened.Text("title");

    /// <summary>The title in parts.</summary>
    public IReadOnlyList<Part> TitleParts => opened.List("titleParts", Part.Read);

    /// <summary>The text as the approver sees it. A page must isolate each of its <see cref="Parts"/>.</summary>
    public string Text => opened.Text("text");

    /// <summary>The text in parts.</summary>
    public IReadOnlyList<Part> Parts => opened.List("parts", Part.Read);

    /// <summary>The final value of every declared field, by key.</summary>
    public IReadOnlyDictionary<string, string> MetaData => opened.TextMap("metaData");

    /// <summary>What the approver may look at before deciding.</summary>
    public IReadOnlyList<Attachment> Attachments => opened.List("attachments", Attachment.Read);

    /// <summary>The application that asks: <c>iss</c> of its auth token.</summary>
    public string Application => opened.Text("application");

    /// <summary>The user on whose behalf it asks: <c>sub</c>.</summary>
    public string Subject => opened.Text("subject");

    /// <summary>The company that the request belongs to.</summary>
    public string Company => details.Text("company");

    /// <summary>The other claims of the auth token that the template lists, as they are shown.</summary>
    public IReadOnlyDictionary<string, string> Claims => details.TextMap("claims");

    /// <summary>
    /// Whether the directory accepted everyone or listed people when the request was opened. If it listed people, a
    /// decision needs a directory that lists them.
    /// </summary>
    public PeopleKnown People => details.Choice<PeopleKnown>("people");

    /// <summary>The device that the application reported; null if it reported none.</summary>
    public Device? Device =>
        opened.TryGetProperty("device", out JsonElement device) ? JitApprovals.Device.Read(device) : null;

    /// <summary>SHA-256 over all that the approver approves, in hexadecimal.</summary>
    public string ContentHash => opened.Text("contentHash");

    /// <summary>When it was opened.</summary>
    public DateTimeOffset RequestedAt => opened.Time("requestedAt");

    /// <summary>When it expires: from then on nothing can be decided.</summary>
    public DateTimeOffset ExpiresAt => opened.Time("expiresAt");

    /// <summary>The status now.</summary>
    public RequestStatus Status => At(clock.GetUtcNow()).Status;

    /// <summary>When it was approved or rejected.</summary>
    public DateTimeOffset? DecidedAt => Record(clock.GetUtcNow()).OptionalTime("decidedAt");

    /// <summary>The stages.</summary>
    public IReadOnlyList<StageState> Stages => Record(clock.GetUtcNow()).List("stages", StageState.Read);

    /// <summary>The grant now; null if the request was not approved.</summary>
    public GrantState? Grant => At(clock.GetUtcNow()).Grant;

    /// <summary>The canonical texts (RFC 8785) of all events, in order.</summary>
    public IReadOnlyList<string> Events => EventsSince(0);

    /// <summary>
    /// The number of events and the hash of the last. Keep it apart from the events: it proves that none is missing at
    /// their end.
    /// </summary>
    public Head Head
    {
        get
        {
            using Borrowed<JitApprovalRequest> request = handle.Borrow(this);
            JitBuffer buffer;
            return JitApprovals.Head.Read(
                Result.Json(NativeMethods.jit_approval_request_head(request.Pointer, &buffer), buffer));
        }
    }

    /// <summary>Restores a request from its events, exactly as they were written.</summary>
    /// <param name="events">The texts of the events, in order.</param>
    /// <param name="head">The head, if it was kept apart: then missing events at the end are found, too.</param>
    /// <param name="clock">The clock, by default that of the system.</param>
    /// <exception cref="JitException">The events are no chain, or could not have happened.</exception>
    public static ApprovalRequest Restore(IEnumerable<string> events, Head? head = null, TimeProvider? clock = null) =>
        Restore(new EventTexts(events), head, clock);

    /// <summary>Restores a request from its events as JSON, in any spelling.</summary>
    /// <inheritdoc cref="Restore(IEnumerable{string}, Head?, TimeProvider?)"/>
    public static ApprovalRequest Restore(
        IEnumerable<JsonElement> events,
        Head? head = null,
        TimeProvider? clock = null) => Restore(new EventTexts(events), head, clock);

    /// <summary>Proves that no event of a chain was changed, removed or reordered.</summary>
    /// <param name="events">The texts of the events, exactly as they were written, in order.</param>
    /// <param name="head">The head, if it was kept apart. Without it, the end is not proven.</param>
    /// <exception cref="JitException">The events are no chain.</exception>
    public static ChainReport VerifyChain(IEnumerable<string> events, Head? head = null) =>
        VerifyChain(new EventTexts(events), head);

    /// <summary>Proves that no event of a chain was changed, removed or reordered, in any spelling.</summary>
    /// <inheritdoc cref="VerifyChain(IEnumerable{string}, Head?)"/>
    public static ChainReport VerifyChain(IEnumerable<JsonElement> events, Head? head = null) =>
        VerifyChain(new EventTexts(events), head);

    /// <summary>Returns the status of request and grant at a time, by the events up to then.</summary>
    /// <param name="now">The time.</param>
    public RequestState At(DateTimeOffset now) => RequestState.Read(Record(now));

    /// <summary>
    /// Returns the canonical texts (RFC 8785) of the events after this sequence number: those that a store does not have
    /// yet.
    /// </summary>
    /// <param name="sequence">The number of events that are stored.</param>
    public IReadOnlyList<string> EventsSince(long sequence)
    {
        if (sequence < 0)
        {
            throw JitException.Of(ErrorCode.OutOfRange, "`sequence` must not be negative", nameof(sequence));
        }

        using Borrowed<JitApprovalRequest> request = handle.Borrow(this);
        JitBuffer buffer;
        string lines = Result.Text(
            NativeMethods.jit_approval_request_events_since(request.Pointer, (ulong)sequence, &buffer), buffer);
        return ValueList.Of(lines.Length == 0 ? [] : lines.Split('\n'));
    }

    /// <summary>Returns what a directory must contain for a decision of this approver.</summary>
    /// <param name="approver">The approver's email.</param>
    public Needs NeedsOf(string approver)
    {
        using Arguments arguments = Arguments.Rent();
        Argument email = arguments.Add(approver, nameof(approver));
        using Borrowed<JitApprovalRequest> request = handle.Borrow(this);
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            uint status = NativeMethods.jit_approval_request_needs_of(request.Pointer, email.In(bytes), &buffer);
            return Needs.Read(Result.Json(status, buffer));
        }
    }

    /// <summary>
    /// Returns why this person may not decide, or null if they may: <c>request.MayDecide(approver) is null</c>.
    /// </summary>
    /// <param name="approver">The approver's email.</param>
    /// <param name="directory">The people and groups at present, as for <see cref="Approve"/>.</param>
    /// <param name="now">The time, by default that of the clock.</param>
    /// <exception cref="JitException">The directory is needed, and missing or of another kind.</exception>
    public JitException? MayDecide(string approver, PeopleDirectory? directory = null, DateTimeOffset? now = null)
    {
        using Arguments arguments = Arguments.Rent();
        Argument email = arguments.Add(approver, nameof(approver));
        Argument people = AddDirectory(arguments, directory);
        long seconds = Moment.Seconds(now, clock);
        using Borrowed<JitApprovalRequest> request = handle.Borrow(this);
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            uint status = NativeMethods.jit_approval_request_may_decide(
                request.Pointer, email.In(bytes), people.In(bytes), seconds, &buffer);
            string? reason = Result.OptionalText(status, buffer);
            return reason is null ? null : JitException.From(JitApprovals.Json.Parse(reason));
        }
    }

    /// <summary>Approves. Returns false if the approver has already made the same decision, word for word.</summary>
    /// <param name="approver">The approver's email.</param>
    /// <param name="contentHash">The content hash that was shown to the approver.</param>
    /// <param name="comment">A comment.</param>
    /// <param name="signature">The signature, if the template asks for one.</param>
    /// <param name="directory">
    /// The people and groups at present: see <see cref="NeedsOf"/>. It may be left out only if the request was opened
    /// with everyone and the approver was named directly.
    /// </param>
    /// <param name="now">The time, by default that of the clock.</param>
    /// <param name="id">The id of the grant, if this decision completes the approval; by default a new UUID.</param>
    /// <exception cref="JitException">The decision is not accepted: its code says why.</exception>
    public bool Approve(
        string approver,
        string contentHash,
        string? comment = null,
        string? signature = null,
        PeopleDirectory? directory = null,
        DateTimeOffset? now = null,
        string? id = null) =>
        Decide(new Decision("approve", approver, contentHash, comment, signature), directory, now, id);

    /// <summary>Rejects. One rejection is enough.</summary>
    /// <inheritdoc cref="Approve"/>
    public bool Reject(
        string approver,
        string contentHash,
        string? comment = null,
        string? signature = null,
        PeopleDirectory? directory = null,
        DateTimeOffset? now = null,
        string? id = null) =>
        Decide(new Decision("reject", approver, contentHash, comment, signature), directory, now, id);

    /// <summary>Withdraws the request while it is pending.</summary>
    /// <param name="actor">The request's own application, an administrator, or the system with a reason.</param>
    /// <param name="reason">Why.</param>
    /// <param name="now">The time, by default that of the clock.</param>
    /// <exception cref="JitException">The request is not pending, or the actor may not do this.</exception>
    public void Cancel(Actor actor, string? reason = null, DateTimeOffset? now = null) =>
        Withdraw(actor, reason, now, isRevoke: false);

    /// <summary>Revokes the grant.</summary>
    /// <param name="actor">The request's own application, an administrator, or the system with a reason.</param>
    /// <param name="reason">Why.</param>
    /// <param name="now">The time, by default that of the clock.</param>
    /// <exception cref="JitException">There is no grant that can be used, or the actor may not do this.</exception>
    public void Revoke(Actor actor, string? reason = null, DateTimeOffset? now = null) =>
        Withdraw(actor, reason, now, isRevoke: true);

    /// <summary>
    /// Uses the grant for this act. Store the event before you act: see the remarks of <see cref="ApprovalRequest"/>.
    /// </summary>
    /// <param name="act">What the application is about to do.</param>
    /// <param name="now">The time, by default that of the clock.</param>
    /// <exception cref="JitException">There is no grant for this act that can be used: the code says why.</exception>
    public void Consume(Act act, DateTimeOffset? now = null)
    {
        using Arguments arguments = Arguments.Rent();
        Argument given = arguments.AddJson(
            act ?? throw JitException.WrongType(nameof(act), "an Act", "null"),
            static (writer, act) => act.Write(writer));
        long seconds = Moment.Seconds(now, clock);
        using Borrowed<JitApprovalRequest> request = handle.Borrow(this);
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            uint status = NativeMethods.jit_approval_request_consume(
                request.Pointer, given.In(bytes), seconds, &buffer);
            Result.Check(status, buffer);
        }
    }

    /// <summary>Records the expiry if the request has expired and no event says so. Returns whether it did.</summary>
    /// <param name="now">The time, by default that of the clock.</param>
    public bool Expire(DateTimeOffset? now = null)
    {
        long seconds = Moment.Seconds(now, clock);
        using Borrowed<JitApprovalRequest> request = handle.Borrow(this);
        byte recorded;
        JitBuffer buffer;
        Result.Check(
            NativeMethods.jit_approval_request_expire(request.Pointer, seconds, &recorded, &buffer), buffer);
        return recorded != 0;
    }

    /// <summary>Adds an event that another copy of the request made.</summary>
    /// <param name="event">The text of the event, exactly as it was written.</param>
    /// <exception cref="JitException">The event does not follow, or could not have happened.</exception>
    public void Apply(string @event) => Apply(new EventTexts([@event]));

    /// <summary>Adds an event that another copy of the request made, in any spelling.</summary>
    /// <param name="event">The event.</param>
    /// <exception cref="JitException">The event does not follow, or could not have happened.</exception>
    public void Apply(JsonElement @event) => Apply(new EventTexts([@event]));

    /// <summary>Returns the signed text that carries the grant to the application.</summary>
    /// <param name="issuer">This host.</param>
    /// <param name="key">The application's key.</param>
    /// <param name="now">The time, by default that of the clock.</param>
    /// <exception cref="JitException">There is no grant that can be used.</exception>
    public string AccessToken(string issuer, SigningKey key, DateTimeOffset? now = null)
    {
        using Arguments arguments = Arguments.Rent();
        Argument host = arguments.Add(issuer, nameof(issuer));
        long seconds = Moment.Seconds(now, clock);
        using Borrowed<JitSigningKey> borrowed = SigningKey.Given(key).Borrow();
        using Borrowed<JitApprovalRequest> request = handle.Borrow(this);
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            uint status = NativeMethods.jit_approval_request_access_token(
                request.Pointer, host.In(bytes), borrowed.Pointer, seconds, &buffer);
            return Result.Token(status, buffer);
        }
    }

    /// <summary>Returns the JSON text of the record, as an API shows it. Times are Unix seconds.</summary>
    /// <param name="now">The time, by default that of the clock.</param>
    public string ToJson(DateTimeOffset? now = null)
    {
        long seconds = Moment.Seconds(now, clock);
        using Borrowed<JitApprovalRequest> request = handle.Borrow(this);
        JitBuffer buffer;
        return Result.Text(NativeMethods.jit_approval_request_record(request.Pointer, seconds, &buffer), buffer);
    }

    /// <summary>Frees the request.</summary>
    public void Dispose() => handle.Dispose();

    /// <summary>Returns the id and the template's key.</summary>
    public override string ToString() => $"ApprovalRequest {Id} {TemplateId}";

    internal static Argument AddDirectory(Arguments arguments, PeopleDirectory? directory) =>
        directory is null ? default : arguments.AddJson(directory, static (writer, people) => people.Write(writer));

    private static ApprovalRequest Restore(EventTexts events, Head? head, TimeProvider? clock)
    {
        using Arguments arguments = Arguments.Rent();
        Argument[] texts = events.AddTo(arguments);
        Argument hash = arguments.AddOptional(head?.Hash, "hash");
        long count = CountOf(head);
        fixed (byte* bytes = arguments.Bytes)
        {
            JitSlice[] slices = EventTexts.In(texts, bytes);
            fixed (JitSlice* first = slices)
            {
                JitApprovalRequest* request;
                JitBuffer buffer;
                uint status = NativeMethods.jit_approval_request_restore(
                    first, (nuint)texts.Length, events.AnySpelling, count, hash.In(bytes), &request, &buffer);
                Result.Check(status, buffer);
                return new ApprovalRequest(request, clock);
            }
        }
    }

    private static ChainReport VerifyChain(EventTexts events, Head? head)
    {
        using Arguments arguments = Arguments.Rent();
        Argument[] texts = events.AddTo(arguments);
        Argument hash = arguments.AddOptional(head?.Hash, "hash");
        long count = CountOf(head);
        fixed (byte* bytes = arguments.Bytes)
        {
            JitSlice[] slices = EventTexts.In(texts, bytes);
            fixed (JitSlice* first = slices)
            {
                JitBuffer buffer;
                uint status = NativeMethods.jit_verify_chain(
                    first, (nuint)texts.Length, events.AnySpelling, count, hash.In(bytes), &buffer);
                return ChainReport.Read(Result.Json(status, buffer));
            }
        }
    }

    private static long CountOf(Head? head) => head switch
    {
        null => -1,
        { Count: < 0 } => throw JitException.Of(ErrorCode.OutOfRange, "`head.count` must not be negative", "head.count"),
        { Hash: null } => throw JitException.WrongType("head.hash", "a string", "null"),
        _ => head.Count,
    };

    private JsonElement Record(DateTimeOffset now)
    {
        using Borrowed<JitApprovalRequest> request = handle.Borrow(this);
        JitBuffer buffer;
        uint status = NativeMethods.jit_approval_request_record(request.Pointer, now.ToUnixTimeSeconds(), &buffer);
        return Result.Json(status, buffer);
    }

    private bool Decide(Decision decision, PeopleDirectory? directory, DateTimeOffset? now, string? id)
    {
        using Arguments arguments = Arguments.Rent();
        Argument given = arguments.AddJson(decision, static (writer, decision) => decision.Write(writer));
        Argument people = AddDirectory(arguments, directory);
        Argument grant = arguments.AddOptional(id, nameof(id));
        long seconds = Moment.Seconds(now, clock);
        using Borrowed<JitApprovalRequest> request = handle.Borrow(this);
        fixed (byte* bytes = arguments.Bytes)
        {
            byte recorded;
            JitBuffer buffer;
            uint status = NativeMethods.jit_approval_request_decide(
                request.Pointer, given.In(bytes), people.In(bytes), seconds, grant.In(bytes), &recorded, &buffer);
            Result.Check(status, buffer);
            return recorded != 0;
        }
    }

    private void Withdraw(Actor actor, string? reason, DateTimeOffset? now, bool isRevoke)
    {
        using Arguments arguments = Arguments.Rent();
        Argument given = arguments.AddJson(
            actor ?? throw JitException.WrongType(nameof(actor), "an Actor", "null"),
            static (writer, actor) => actor.Write(writer));
        Argument why = arguments.AddOptional(reason, nameof(reason));
        long seconds = Moment.Seconds(now, clock);
        using Borrowed<JitApprovalRequest> request = handle.Borrow(this);
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            uint status = isRevoke
                ? NativeMethods.jit_approval_request_revoke(
                    request.Pointer, given.In(bytes), why.In(bytes), seconds, &buffer)
                : NativeMethods.jit_approval_request_cancel(
                    request.Pointer, given.In(bytes), why.In(bytes), seconds, &buffer);
            Result.Check(status, buffer);
        }
    }

    private void Apply(EventTexts events)
    {
        using Arguments arguments = Arguments.Rent();
        Argument text = events.AddTo(arguments)[0];
        using Borrowed<JitApprovalRequest> request = handle.Borrow(this);
        fixed (byte* bytes = arguments.Bytes)
        {
            JitBuffer buffer;
            uint status = NativeMethods.jit_approval_request_apply(
                request.Pointer, text.In(bytes), events.AnySpelling, &buffer);
            Result.Check(status, buffer);
        }
    }

    private readonly record struct Decision(
        string Verdict,
        string Approver,
        string ContentHash,
        string? Comment,
        string? Signature)
    {
        public void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteText("approver", Approver);
            writer.WriteString("verdict", Verdict);
            writer.WriteText("contentHash", ContentHash);
            writer.WriteOptional("comment", Comment);
            writer.WriteOptional("signature", Signature);
            writer.WriteEndObject();
        }
    }
}
