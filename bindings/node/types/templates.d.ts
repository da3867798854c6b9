import { JitError } from './errors';
import { ApprovalRequest } from './requests';
import { Time } from './values';

/** What an approver does to approve. */
export type ApprovalType = 'approve' | 'signAndApprove';

/** A declared placeholder: its key, its default and the constraints of its values. */
export type MetadataField = {
  /** `[A-Za-z_][A-Za-z0-9_-]{0,63}` */
  key: string;
  /** The value if a request leaves it out. */
  defaultValue?: MetadataValue;
  /** Whether a request must give it, if there is no default. */
  required?: boolean;
  /** The values that it may have. */
  oneOf?: readonly string[];
} & (
  | { type?: 'text'; pattern?: string; maxLength?: number; multiline?: boolean }
  | { type: 'number'; pattern?: string; maxLength?: number; min?: string | number; max?: string | number }
  | { type: 'boolean' }
);

/** One step of an approval in several steps. */
export interface TemplateStage {
  name?: string;
  /** Emails. */
  approvers?: readonly string[];
  /** Keys of groups. */
  approverGroups?: readonly string[];
  /** How many different people must approve: by default 1. */
  requiredApprovals?: number;
}

/** A template as an administrator writes it: `{ … } satisfies TemplateRecord` in TypeScript. */
export type TemplateRecord = {
  approvalType: ApprovalType;
  templateName: string;
  /** One line of up to 200 characters, which may hold placeholders. */
  approvalTitle: string;
  /** What requests name as their `templateId`. */
  approvalKey: string;
  /** The text, with placeholders `$(key)` and `${key}`; up to 64 KiB. */
  approvalData: string;
  /** Counted from 1. */
  templateVersion?: number;
  metadata?: readonly MetadataField[];
  /** The auth token's own claims that placeholders `claim.NAME` may show. */
  claims?: readonly string[];
  /** How long a request waits for decisions: by default 900. */
  requestTtlSeconds?: number;
  /** How long a grant lasts from the decision: by default 300. */
  grantTtlSeconds?: number;
  /** How often a grant can be consumed: by default `once`. */
  grantUse?: 'once' | 'untilExpiry';
  /** Whether the subject of a request may decide it: by default false. */
  allowSelfApproval?: boolean;
  /** Whom a request may name instead of the default approvers: by default `any`. */
  approverOverride?: 'any' | 'defaults' | 'none';
  /** The applications (`iss`) that may use the template; by default any. */
  applications?: readonly string[];
} & (
  | { defaultApprovers?: readonly string[]; defaultApproverGroups?: readonly string[]; requiredApprovals?: number; stages?: readonly [] }
  | { stages: readonly TemplateStage[]; defaultApprovers?: readonly []; defaultApproverGroups?: readonly []; requiredApprovals?: undefined }
);

/** A value: text, or something with exactly one text. */
export type MetadataValue = string | boolean | number;

/** Values by the keys of a template's fields. Declare your own as a `type`: an `interface` could have other members. */
export type MetaData = { readonly [key: string]: MetadataValue };

/**
 * A piece of a rendered title or text. Joined, the pieces are the title or the text. A page shows each value in an
 * element of its own that isolates it, `<bdi>` in HTML: right-to-left letters reorder the digits next to them.
 */
export interface Part {
  text: string;
  /** The placeholder whose value it is; absent for the template's own words. */
  key?: string;
}

/** What an approver sees. Text, never markup. */
export interface Rendered {
  title: string;
  titleParts: Part[];
  text: string;
  parts: Part[];
}

/** Something to read before deciding. */
export interface Attachment {
  /** One line of up to 200 characters. */
  title: string;
  /** An `https` URL. */
  url: string;
}

/** What an application posts to open a request. In JSON text `templateId` is required. */
export interface RequestBody {
  /** The template's key. By default the key of the template that {@link Template.open} is called on. */
  templateId?: string | undefined;
  metaData?: MetaData | undefined;
  /** Emails, and keys of groups, instead of the template's, as far as its `approverOverride` allows. */
  approvers?: readonly string[] | undefined;
  /** At most the template's `requestTtlSeconds`. */
  expiresInSeconds?: number | undefined;
  attachments?: readonly Attachment[] | undefined;
}

/** Where a request comes from. */
export interface Origin {
  /** The application that asks: `iss` of its auth token. */
  application: string;
  /** The user on whose behalf it asks: `sub`. */
  subject: string;
  /** The owner, where several companies share a server: by default the application itself. */
  company?: string | undefined;
  /** What the placeholder `companyName` shows: by default the application's host. */
  companyName?: string | undefined;
  /** The auth token's other claims; those that the template lists are shown. */
  claims?: object | undefined;
  /** The device that the application reported. */
  device?: Device | undefined;
}

/**
 * The device that a request was made from, as the application reported it: a hint for the approver and no proof, not
 * part of the content hash. A text that may not be shown, or has more than 512 bytes, is left out.
 */
export interface Device {
  /** `User-Agent` */
  userAgent?: string | undefined;
  /** `Sec-CH-UA` */
  brands?: string | undefined;
  /** `Sec-CH-UA-Platform` */
  platform?: string | undefined;
  /** Decimal degrees (WGS 84): latitude from -90 to 90, longitude from -180 to 180. */
  location?: { lat: number; lon: number } | undefined;
}

/** A person who may decide. A member that is left out is not there: `undefined` is an error. */
export interface Person {
  email: string;
  /** Whether the person may do anything at present. */
  active: boolean;
  /** The values of `sub` that are theirs in the application's auth tokens, beside the email. */
  aliases?: readonly string[];
}

/** The people and groups that a call may need to know, as they are at that moment. */
export interface Directory {
  /** These and no others; or everyone, for an application that keeps no people: each email stands for itself. */
  people: readonly Person[] | 'everyone';
  /** Emails by the keys of the groups. */
  groups?: { readonly [key: string]: readonly string[] };
}

/** A checked template: its placeholders are declared, and its constraints can be met. Immutable. */
export class Template {
  private constructor();
  /**
   * Reads and checks a template, an object or its JSON text. In a text, errors have line and column.
   *
   * @throws {TemplateError | InputError | MetadataError} the first of its mistakes
   */
  static parse(record: TemplateRecord | string): Template;
  /** All mistakes of a template; an empty array if there are none. */
  static mistakes(record: unknown): JitError[];
  /** `approvalKey` */
  readonly key: string;
  /** `templateVersion` */
  readonly version: number;
  /** `templateName` */
  readonly name: string;
  readonly approvalType: ApprovalType;
  readonly fields: readonly MetadataField[];
  /**
   * What an approver would see, with these values on behalf of this origin. The id of the request is by default the
   * nil UUID.
   *
   * @throws {MetadataError} `unknown_metadata`, `missing_metadata`, `hidden_character`, …
   */
  render(metaData: MetaData, context: Origin & { requestId?: string }): Rendered;
  /** What a directory must contain for this request. */
  needs(request: RequestBody | string): { emails: string[]; groups: string[] };
  /**
   * Opens a request: fills the text, and fixes who may decide.
   *
   * @throws {RequestError | MetadataError | InputError} `application_not_allowed`, `too_few_approvers`, …
   */
  open(opening: {
    /** The body that the application posted, an object or its JSON text. */
    request: RequestBody | string;
    /** Where it comes from: `verifier.origin(token)`. */
    origin: Origin;
    /** Who may decide, and is active: {@link Template.needs} says what it must contain. */
    directory: Directory;
    now?: Time | null | undefined;
    /** The id of the request: a UUID. */
    id?: string | null | undefined;
  }): ApprovalRequest;
  /** The record that it was read from. */
  toJSON(): TemplateRecord;
}
