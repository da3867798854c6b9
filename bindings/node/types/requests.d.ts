import { ApprovalType, Attachment, Device, Directory, MetaData, Part } from './templates';
import { SigningKey } from './tokens';
import { JitError } from './errors';
import { JsonValue, Time } from './values';

/** The status of a request. All but `pending` are final. */
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

/** A step of the approval: who may decide, and what they decided. */
export interface StageRecord<At> {
  name?: string;
  /** How many different people must approve. */
  required: number;
  /** Their emails. */
  approvers: string[];
  decisions: DecisionRecord<At>[];
}

/** The right to act once a request is approved. */
export interface GrantRecord<At> {
  id: string;
  status: GrantStatus;
  issuedAt: At;
  expiresAt: At;
  /** When it was first consumed. */
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

/** What happened. */
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
      /** Whether the directory was of everyone, or listed people: then a decision needs one that lists them. */
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
       * An administrator changed a template, person, group or application. It belongs to a stream of the company's:
       * {@link verifyChain} accepts it, and no request does.
       */
      type: 'administered';
      object: string;
      key: string;
      action: string;
      before?: JsonValue;
      after?: JsonValue;
    };

/** One change of a request, or an administrative one, bound to the one before it. */
export interface ApprovalEvent {
  v: 1;
  company: string;
  /** The request; the stream, for an administrative change. */
  requestId: string;
  /** Counted from 1. */
  sequence: number;
  /** Unix seconds. */
  at: number;
  actor: Actor;
  body: EventBody;
  /** The hash of the event before it. */
  previous?: string;
  /** SHA-256 of its canonical text (RFC 8785) without this member, in hexadecimal. */
  hash: string;
}

/** How many events there are, and the last one's hash. */
export interface Head {
  count: number;
  hash: string;
}

/** What an approver decides about what they saw. */
export interface Decision {
  /** Their email. */
  approver: string;
  /** {@link ApprovalRequest.contentHash} as it was shown to them. */
  contentHash: string;
  /** One or more lines, up to 4 KiB. */
  comment?: string | null | undefined;
  /** The name they signed with, up to 200 characters: needed to approve a request that is `signAndApprove`. */
  signature?: string | { kind: 'typed'; text: string } | undefined;
  /**
   * Whether they still may: who is no longer active, or no longer in the group that made them eligible, decides
   * nothing. It may be left out only if the request was opened with `{ people: 'everyone' }` and they were named
   * themselves.
   */
  directory?: Directory | undefined;
  now?: Time | null | undefined;
  /** The id of the grant, if this completes the approval: a UUID. */
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
 * A request that someone approve one act, with all its events. Each command adds the event that it makes, and a command
 * that throws changes nothing. Store the {@link eventsSince} the last that you have, and {@link restore} the request
 * from all of them.
 */
export class ApprovalRequest {
  private constructor();
  /**
   * The request with these events, which `events` or `eventTexts` returned. Handles that are dropped are freed when the
   * event loop turns: let it turn if you restore thousands in a row.
   *
   * With the {@link head} that you kept apart from them, events that are missing at the end are found, too.
   *
   * @throws {RequestError} `event_altered`, `event_unlinked`, `event_impossible`, `head_mismatch`, …
   */
  static restore(events: Iterable<ApprovalEvent | string>, head?: Head): ApprovalRequest;
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
  /** The owner, where several companies share a server. */
  readonly company: string;
  /** The auth token's other claims that the template lists, as they are shown. */
  readonly claims: { [name: string]: string };
  /** Whether the directory was of everyone, or listed people: then a decision needs one that lists them. */
  readonly people: 'everyone' | 'listed';
  /** The device that the application reported, if it did. */
  readonly device: Device | undefined;
  /** SHA-256 over all that the approver approves, in hexadecimal. */
  readonly contentHash: string;
  readonly requestedAt: Date;
  /** When it expires: from then on nothing can be decided. */
  readonly expiresAt: Date;
  readonly status: Status;
  /** When it was approved or rejected. */
  readonly decidedAt: Date | undefined;
  readonly stages: StageRecord<Date>[];
  /** Present if the request was approved. */
  readonly grant: GrantRecord<Date> | undefined;
  /** Every event, in order. */
  readonly events: ApprovalEvent[];
  /** Keep it apart from the events: it proves that none is missing at their end. */
  readonly head: Head;
  /**
   * The status of request and grant at a time, by the events up to then: before the approval there is no grant, and
   * the status is `pending`.
   */
  at(now?: Time | null): { status: Status; grant: GrantRecord<Date> | undefined };
  /** The events after this sequence number: those that a store does not have yet. */
  eventsSince(sequence: number): ApprovalEvent[];
  /** The canonical texts (RFC 8785) of the events after this sequence number, by default 0. */
  eventTexts(sequence?: number): string[];
  /** What a directory must contain for a decision of this approver: at most one person and one group. */
  needsOf(approver: string): { emails: string[]; groups: string[] };
  /**
   * Why this person may not decide; `undefined` if they may. The error is returned and not thrown: its `code` is
   * `not_eligible`, `no_longer_eligible`, `stage_not_open`, `already_decided`, `self_approval`, `request_final` or
   * `request_expired`.
   *
   * @throws {InputError | DecisionError} `missing_member` for a directory that is left out and needed,
   * `directory_mismatch` for one of everyone where the request was opened with listed people
   */
  mayDecide(
    approver: string,
    options?: { directory?: Directory | undefined; now?: Time | null | undefined },
  ): JitError | undefined;
  /**
   * Approves. `false` if the approver has decided the same before, word for word.
   *
   * @throws {DecisionError | RequestError | InputError} `not_eligible`, `self_approval`, `content_mismatch`,
   * `request_final`, `directory_mismatch`, `missing_member` for a directory that is left out and needed, …
   */
  approve(decision: Decision): boolean;
  /** Rejects; one rejection is enough. */
  reject(decision: Decision): boolean;
  /**
   * Withdraws the request while it is pending.
   *
   * @throws {RequestError} `request_final`, `request_expired`, `actor_not_allowed`
   */
  cancel(change: Change): void;
  /**
   * Uses the grant for this act: the values that the application is about to act on. To make the grant single-use
   * between processes, insert the new event under a unique (request, sequence) key before you act.
   *
   * @throws {GrantError | RequestError} `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`,
   * `content_mismatch`
   */
  consume(act: Act, at?: { now?: Time | null | undefined }): void;
  /**
   * Revokes the grant.
   *
   * @throws {GrantError | RequestError} `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`,
   * `actor_not_allowed`
   */
  revoke(change: Change): void;
  /** Records the expiry if the request has expired and no event says so. `true` if it did. */
  expire(now?: Time | null): boolean;
  /** Adds an event that another copy of the request made. */
  apply(event: ApprovalEvent | string): void;
  /**
   * The signed text that carries the grant to the application, from the host `issuer`.
   *
   * @throws {GrantError} as {@link consume}
   */
  accessToken(options: { issuer: string; key: SigningKey; now?: Time | null | undefined }): string;
  /** The record of the HTTP API, as it is now. */
  toJSON(): ApprovalRequestRecord;
}

/**
 * Proves that no event was changed, left out or moved. Without a head that was kept elsewhere the end is unproven:
 * `complete` is false, and events may be missing there. Nothing is proven against someone who rewrites all events
 * and the head.
 *
 * @throws {RequestError} `event_altered`, `event_out_of_order`, `event_unlinked`, `head_mismatch`, …
 */
export function verifyChain(
  events: Iterable<ApprovalEvent | string>,
  head?: Head,
): { count: number; complete: boolean };
