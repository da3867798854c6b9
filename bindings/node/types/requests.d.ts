import { ApprovalType, Attachment, Directory, MetaData, Part } from './templates';
import { SigningKey } from './tokens';
import { Time } from './values';

/** Where a request stands. All but `pending` are final. */
export type Status = 'pending' | 'approved' | 'rejected' | 'cancelled' | 'expired';

/** Where a grant stands. */
export type GrantStatus = 'issued' | 'consumed' | 'revoked' | 'expired';

/** Who makes a change. */
export interface Actor {
  kind: 'application' | 'approver' | 'administrator' | 'system';
  /** An email, or the application's `iss`. */
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

/** What an approved request is good for. */
export interface GrantRecord<At> {
  id: string;
  status: GrantStatus;
  issuedAt: At;
  expiresAt: At;
  /** When it was first consumed. */
  consumedAt?: At;
}

/** A request as the HTTP API gives it: times are Unix seconds. */
export interface ApprovalRequestRecord {
  id: string;
  status: Status;
  templateId: string;
  templateVersion: number;
  approvalType: ApprovalType;
  title: string;
  text: string;
  parts: Part[];
  metaData: { [key: string]: string };
  application: string;
  subject: string;
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
      title: string;
      parts: Part[];
      metaData: { [key: string]: string };
      defaults: { [key: string]: string };
      attachments: Attachment[];
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
      /** The grant that this decision completed. */
      grant?: { id: string; expiresAt: number };
    }
  | { type: 'cancelled'; reason?: string }
  | { type: 'expired' }
  | { type: 'consumed'; grantId: string }
  | { type: 'revoked'; grantId: string; reason?: string };

/** One change of a request, bound to the one before it. */
export interface ApprovalEvent {
  v: 1;
  company: string;
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
  /** One line of up to 4 KiB. */
  comment?: string | undefined;
  /** The name they signed with, up to 200 characters: needed to approve what is `signAndApprove`. */
  signature?: string | undefined;
  /** Whom to ask whether they still may. */
  directory?: Directory | undefined;
  now?: Time | undefined;
  /** The id of the grant, if this completes the approval. */
  id?: string | undefined;
}

/** Who makes a change, and why. */
export interface Change {
  actor: Actor;
  reason?: string | undefined;
  now?: Time | undefined;
  id?: string | undefined;
}

/** What the application is about to do. */
export interface Act {
  metaData: MetaData;
  attachments?: readonly Attachment[] | undefined;
}

/**
 * A request that someone approve one act, and all that came of it. Each command adds the event that it makes: keep
 * {@link eventsSince} what you have, and {@link restore} it from there.
 */
export class ApprovalRequest {
  private constructor();
  /**
   * The request that these events made: as `events` gave them, through whatever kept them, or as `eventTexts` did.
   * Handles that are dropped are freed when the event loop turns: who restores thousands at a stretch lets it.
   *
   * @throws {RequestError} `event_altered`, `event_unlinked`, `event_impossible`, …
   */
  static restore(events: Iterable<ApprovalEvent | string>): ApprovalRequest;
  readonly id: string;
  readonly templateId: string;
  readonly templateVersion: number;
  readonly approvalType: ApprovalType;
  /** The title as the approver sees it. */
  readonly title: string;
  /** The text as the approver sees it. */
  readonly text: string;
  readonly parts: Part[];
  readonly metaData: { [key: string]: string };
  readonly attachments: Attachment[];
  readonly application: string;
  readonly subject: string;
  /** SHA-256 over what the approver sees and what it stands for, in hexadecimal. */
  readonly contentHash: string;
  readonly requestedAt: Date;
  /** From when nothing can be decided. */
  readonly expiresAt: Date;
  readonly status: Status;
  readonly decidedAt: Date | undefined;
  readonly stages: StageRecord<Date>[];
  /** There if the request was approved. */
  readonly grant: GrantRecord<Date> | undefined;
  /** Every event, in order. */
  readonly events: ApprovalEvent[];
  readonly head: Head;
  /** Where request and grant stand at a time. */
  at(now?: Time): { status: Status; grant: GrantRecord<Date> | undefined };
  /** The events after this sequence number: what a store does not have yet. */
  eventsSince(sequence: number): ApprovalEvent[];
  /** The canonical texts (RFC 8785) of the events after this sequence number, 0 unless told. */
  eventTexts(sequence?: number): string[];
  /**
   * Approves. `false` where the approver has decided the same before, word for word.
   *
   * @throws {DecisionError | RequestError} `not_eligible`, `self_approval`, `content_mismatch`, `request_final`, …
   */
  approve(decision: Decision): boolean;
  /** Rejects; one rejection is enough. */
  reject(decision: Decision): boolean;
  /**
   * Withdraws the request while it is pending.
   *
   * @throws {RequestError} `request_final`, `request_expired`
   */
  cancel(change: Change): void;
  /**
   * Uses the grant for this act: the values that the application is about to act on. That it happens once holds for
   * everyone only where the new event is stored before the act, under a key of request and sequence that is unique.
   *
   * @throws {GrantError | RequestError} `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`,
   * `content_mismatch`
   */
  consume(act: Act, at?: { now?: Time | undefined; id?: string | undefined }): void;
  /**
   * Takes the grant back.
   *
   * @throws {GrantError} `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`
   */
  revoke(change: Change): void;
  /** Adds the event that says that the request has run out, if it has and none says so. */
  expire(now?: Time): boolean;
  /** Adds an event that another copy of the request made. */
  apply(event: ApprovalEvent | string): void;
  /**
   * The signed text that carries the grant to the application, from the host `issuer`.
   *
   * @throws {GrantError} as {@link consume}
   */
  accessToken(options: { issuer: string; key: SigningKey; now?: Time }): string;
  /** The record of the HTTP API, as it stands now. */
  toJSON(): ApprovalRequestRecord;
}

/**
 * Proves that no event was changed, left out or moved. Without a head that was kept apart the end is unproven:
 * `complete` is false, and events may be missing there. Nothing is proven against someone who rewrites all events
 * and the head.
 *
 * @throws {RequestError} `event_altered`, `event_out_of_order`, `event_unlinked`, `head_mismatch`, …
 */
export function verifyChain(
  events: Iterable<ApprovalEvent | string>,
  head?: Head,
): { count: number; complete: boolean };
