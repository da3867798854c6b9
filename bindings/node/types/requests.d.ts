import { ApprovalType, Attachment, Device, Directory, MetaData, Part } from './templates';
import { SigningKey } from './tokens';
import { JitError } from './errors';
import { JsonValue, Time } from './values';

/** The status of a request. All except `pending` are final. */
export type Status = 'pending' | 'approved' | 'rejected' | 'cancelled' | 'expired';

/** The status of a grant. */
export type GrantStatus = 'issued' | 'consumed' | 'revoked' | 'expired';

/** Who makes a change. */
export interface Actor {
  kind: 'application' | 'approver' | 'administrator' | 'system';
  /** An email, the application's `iss`, or the name of the part of the system. */
  id: string;
}

/** What an approver decided. */
export interface DecisionRecord<At> {
  approver: string;
  verdict: 'approve' | 'reject';
  comment?: string;
  signature?: { kind: 'typed'; text: string };
  decidedAt: At;
}

/** A stage of the approval: who may decide, and what they decided. */
export interface StageRecord<At> {
  name?: string;
  /** How many different people must approve. */
  required: number;
  /** The emails of the people who may decide. */
  approvers: string[];
  decisions: DecisionRecord<At>[];
}

/** The right to act, issued when a request is approved. */
export interface GrantRecord<At> {
  id: string;
  status: GrantStatus;
  issuedAt: At;
  expiresAt: At;
  /** When the grant was first consumed. */
  consumedAt?: At;
}

/** A request as the HTTP API returns it: times are Unix seconds. */
export interface ApprovalRequestRecord {
  id: string;
  status: Status;
  templateId: string;
  templateVersion: number;
  approvalType: ApprovalType;
  title: string;
  titleParts: Part[];
  text: string;
  parts: Part[];
  metaData: { [key: string]: string };
  application: string;
  subject: string;
  device?: Device;
  attachments: Attachment[];
  contentHash: string;
  requestedAt: number;
  expiresAt: number;
  stages: StageRecord<number>[];
  decidedAt?: number;
  grant?: GrantRecord<number>;
}

/** What happened in an event. */
export type EventBody =
  | {
      type: 'requested';
      application: string;
      subject: string;
      claims: { [name: string]: string };
      templateId: string;
      templateVersion: number;
      approvalType: ApprovalType;
      titleParts: Part[];
      parts: Part[];
      metaData: { [key: string]: string };
      defaults: { [key: string]: string };
      attachments: Attachment[];
      device?: Device;
      /** Whether the directory was `everyone` or listed people. If it listed people, a decision needs a list, too. */
      people: 'everyone' | 'listed';
      contentHash: string;
      expiresAt: number;
      grantTtlSeconds: number;
      grantUse: 'once' | 'untilExpiry';
      allowSelfApproval: boolean;
      stages: { name?: string; required: number; eligible: { email: string; group?: string }[] }[];
    }
  | {
      type: 'decided';
      stage: number;
      approver: string;
      verdict: 'approve' | 'reject';
      contentHash: string;
      comment?: string;
      signature?: { kind: 'typed'; text: string };
      /** The grant, if this decision completed the approval. */
      grant?: { id: string; expiresAt: number };
    }
  | { type: 'cancelled'; reason?: string }
  | { type: 'expired' }
  | { type: 'consumed'; grantId: string }
  | { type: 'revoked'; grantId: string; reason?: string }
  | {
      /**
       * An administrator changed a template, person, group or application. The event belongs to a stream of the
       * company: {@link verifyChain} accepts it, but a request rejects it.
       */
      type: 'administered';
      object: string;
      key: string;
      action: string;
      before?: JsonValue;
      after?: JsonValue;
    };

/** One change of a request, or one administrative change. It contains the hash of the event before it. */
export interface ApprovalEvent {
  v: 1;
  company: string;
  /** The id of the request. For an administrative change, the id of the stream. */
  requestId: string;
  /** The position in the request or stream, counted from 1. */
  sequence: number;
  /** The time of the change, in Unix seconds. */
  at: number;
  actor: Actor;
  body: EventBody;
  /** The hash of the event before this one. Absent in the first event. */
  previous?: string;
  /** SHA-256 of the event's canonical text (RFC 8785) without this member, in hexadecimal. */
  hash: string;
}

/** The number of events and the hash of the last one. */
export interface Head {
  count: number;
  hash: string;
}

/** An approver's decision about what they saw. */
export interface Decision {
  /** The email of the approver. */
  approver: string;
  /** {@link ApprovalRequest.contentHash} of what the approver saw. */
  contentHash: string;
  /** One or more lines, up to 4 KiB. */
  comment?: string | null | undefined;
  /** The name that the approver signed with, up to 200 characters. `signAndApprove` requires it to approve. */
  signature?: string | { kind: 'typed'; text: string } | undefined;
  /**
   * The people and groups at present. A person who is no longer active, or no longer in the group that made them
   * eligible, may not decide. The directory may be left out only if the request was opened with
   * `{ people: 'everyone' }` and the approver was named directly, not through a group.
   */
  directory?: Directory | undefined;
  now?: Time | null | undefined;
  /** The id of the grant, a UUID, for a decision that completes the approval. */
  id?: string | null | undefined;
}

/** Who makes a change, and why. */
export interface Change {
  actor: Actor;
  /** One line of up to 4 KiB. */
  reason?: string | null | undefined;
  now?: Time | null | undefined;
}

/** What the application is about to do. */
export interface Act {
  metaData: MetaData;
  attachments?: readonly Attachment[] | undefined;
}

/**
 * A request to approve one act, with all its events. Each command adds an event. A command that throws changes nothing.
 * To store a request, store its new events, which {@link eventsSince} returns. {@link restore} reads the request from
 * all its events.
 */
export class ApprovalRequest {
  private constructor();
  /**
   * Restores a request from the events that `events` or `eventTexts` returned. With the {@link head}, which you keep
   * apart from the events, it also detects events that are missing at the end.
   *
   * @throws {RequestError} `event_altered`, `event_unlinked`, `event_impossible`, `head_mismatch`, …
   */
  static restore(events: Iterable<ApprovalEvent | string>, head?: Head | undefined): ApprovalRequest;
  /** Events from elsewhere are checked in full. */
  static restore(events: Iterable<unknown> & object, head?: Head | undefined): ApprovalRequest;
  readonly id: string;
  readonly templateId: string;
  readonly templateVersion: number;
  readonly approvalType: ApprovalType;
  /** The title as the approver sees it. */
  readonly title: string;
  readonly titleParts: Part[];
  /** The text as the approver sees it. */
  readonly text: string;
  readonly parts: Part[];
  readonly metaData: { [key: string]: string };
  readonly attachments: Attachment[];
  readonly application: string;
  readonly subject: string;
  /** The company that owns the request, if several companies share a server. */
  readonly company: string;
  /** The other claims of the auth token that the template lists, as they are shown. */
  readonly claims: { [name: string]: string };
  /** Whether the directory was `everyone` or listed people. If it listed people, a decision needs a list, too. */
  readonly people: 'everyone' | 'listed';
  /** The device, if the application reported one. */
  readonly device: Device | undefined;
  /** SHA-256 of everything that the approver approves, in hexadecimal. */
  readonly contentHash: string;
  readonly requestedAt: Date;
  /** When the request expires. From then on, nobody can decide it. */
  readonly expiresAt: Date;
  readonly status: Status;
  /** When the request was approved or rejected. */
  readonly decidedAt: Date | undefined;
  readonly stages: StageRecord<Date>[];
  /** Present if the request was approved. */
  readonly grant: GrantRecord<Date> | undefined;
  /** Every event, in order. */
  readonly events: ApprovalEvent[];
  /** The head of the events. Keep it apart from them: it proves that no event is missing at the end. */
  readonly head: Head;
  /**
   * Returns the status of the request and its grant at the given time, from the events up to then. Before the
   * approval, the status is `pending` and there is no grant.
   */
  at(now?: Time | null): { status: Status; grant: GrantRecord<Date> | undefined };
  /** Returns the events after the given sequence number, for example those that your database does not have yet. */
  eventsSince(sequence: number): ApprovalEvent[];
  /** Returns the canonical texts (RFC 8785) of the events after the given sequence number, by default 0. */
  eventTexts(sequence?: number | undefined): string[];
  /** Returns what a directory must contain for a decision of this approver: at most one person and one group. */
  needsOf(approver: string): { emails: string[]; groups: string[] };
  /**
   * Returns `undefined` if this person may decide, otherwise the error that says why not. The error is returned, not
   * thrown. Its `code` is `not_eligible`, `no_longer_eligible`, `stage_not_open`, `already_decided`, `self_approval`,
   * `request_final` or `request_expired`.
   *
   * @throws {InputError | DecisionError} `missing_member` if a directory is required and not given,
   * `directory_mismatch` if the directory is `everyone` but the request was opened with listed people
   */
  mayDecide(
    approver: string,
    options?: { directory?: Directory | undefined; now?: Time | null | undefined },
  ): JitError | undefined;
  /**
   * Approves the request. Returns `false` if the approver has already made the same decision, word for word.
   *
   * @throws {DecisionError | RequestError | InputError} `not_eligible`, `self_approval`, `content_mismatch`,
   * `request_final`, `directory_mismatch`, `missing_member` if a directory is required and not given, …
   */
  approve(decision: Decision): boolean;
  /** Rejects the request. One rejection is enough. Returns and throws the same as {@link approve}. */
  reject(decision: Decision): boolean;
  /**
   * Withdraws the request while it is pending.
   *
   * @throws {RequestError} `request_final`, `request_expired`, `actor_not_allowed`
   */
  cancel(change: Change): void;
  /**
   * Consumes the grant for this act: the values that the application is about to act on. To make the grant single-use
   * between processes, insert the new event under a unique (request, sequence) key before you act.
   *
   * @throws {GrantError | RequestError} `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`,
   * `content_mismatch`
   */
  consume(act: Act, at?: { now?: Time | null | undefined } | undefined): void;
  /**
   * Revokes the grant.
   *
   * @throws {GrantError | RequestError} `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`,
   * `actor_not_allowed`
   */
  revoke(change: Change): void;
  /** Records the expiry if the request has expired and no event says so. Returns whether it did. */
  expire(at?: { now?: Time | null | undefined } | undefined): boolean;
  /** Adds an event that another copy of the request made. */
  apply(event: ApprovalEvent | string): void;
  /**
   * Returns the signed text that carries the grant to the application. `issuer` is the API host.
   *
   * @throws {GrantError} as {@link consume}
   */
  accessToken(options: { issuer: string; key: SigningKey; now?: Time | null | undefined }): string;
  /** Returns the record of the HTTP API at the present time. */
  toJSON(): ApprovalRequestRecord;
}

/**
 * Proves that no event was changed, removed or moved. Without a head that was kept elsewhere, the end is not proven:
 * `complete` is false, and events may be missing at the end. This proves nothing against someone who rewrites all
 * events and the head.
 *
 * @throws {RequestError} `event_altered`, `event_out_of_order`, `event_unlinked`, `head_mismatch`, …
 */
export function verifyChain(
  events: Iterable<ApprovalEvent | string>,
  head?: Head | undefined,
): { count: number; complete: boolean };
