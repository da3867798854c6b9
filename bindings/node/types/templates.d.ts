import { JitError } from './errors';
import { ApprovalRequest } from './requests';
import { Time } from './values';

/** What an approver does to approve. */
export type ApprovalType = 'approve' | 'signAndApprove';

/** A metadata field: its key, its default value and the constraints on its values. */
export type MetadataField = {
  /** `[A-Za-z_][A-Za-z0-9_-]{0,63}` */
  key: string;
  /** The value that is used if a request gives none. */
  defaultValue?: MetadataValue | undefined;
  /** Whether a request must give a value, if there is no default. */
  required?: boolean | undefined;
  /** The only values that are allowed. */
  oneOf?: readonly string[] | undefined;
} & (
  | { type?: 'text' | undefined; pattern?: string | undefined; maxLength?: number | undefined; multiline?: boolean | undefined }
  | { type: 'number'; pattern?: string | undefined; maxLength?: number | undefined; min?: string | number | undefined; max?: string | number | undefined }
  | { type: 'boolean' }
);

/** One stage of an approval with several stages. */
export interface TemplateStage {
  name?: string | undefined;
  /** The emails of people who may decide. */
  approvers?: readonly string[] | undefined;
  /** The keys of groups that may decide. */
  approverGroups?: readonly string[] | undefined;
  /** How many different people must approve: by default 1. */
  requiredApprovals?: number | undefined;
}

/** A template as an administrator writes it. In TypeScript, write `{ … } satisfies TemplateRecord`. */
export type TemplateRecord = {
  approvalType: ApprovalType;
  templateName: string;
  /** One line of up to 200 characters, with or without placeholders. */
  approvalTitle: string;
  /** The key of the template. Requests give it as their `templateId`. */
  approvalKey: string;
  /** The text, with placeholders `$(key)` and `${key}`, up to 64 KiB. */
  approvalData: string;
  /** Counted from 1. */
  templateVersion?: number | undefined;
  metadata?: readonly MetadataField[] | undefined;
  /** The other claims of the auth token that placeholders `claim.NAME` may show. */
  claims?: readonly string[] | undefined;
  /** How long a request waits for decisions, in seconds: by default 900. */
  requestTtlSeconds?: number | undefined;
  /** How long a grant is valid after the decision, in seconds: by default 300. */
  grantTtlSeconds?: number | undefined;
  /** How often a grant can be consumed: by default `once`. */
  grantUse?: 'once' | 'untilExpiry' | undefined;
  /** Whether the subject of a request may decide it: by default false. */
  allowSelfApproval?: boolean | undefined;
  /** Which approvers a request may name instead of the default approvers: by default `any`. */
  approverOverride?: 'any' | 'defaults' | 'none' | undefined;
  /** The applications (`iss`) that may use the template: by default any. */
  applications?: readonly string[] | undefined;
} & (
  | { defaultApprovers?: readonly string[] | undefined; defaultApproverGroups?: readonly string[] | undefined; requiredApprovals?: number | undefined; stages?: readonly [] | undefined }
  | { stages: readonly TemplateStage[]; defaultApprovers?: readonly [] | undefined; defaultApproverGroups?: readonly [] | undefined; requiredApprovals?: undefined }
);

/** A value: a string, or a boolean or number that has exactly one text. */
export type MetadataValue = string | boolean | number;

/** Values by metadata field. Declare your own type with `type`, because an `interface` could have other members. */
export type MetaData = { readonly [key: string]: MetadataValue };

/**
 * A piece of a rendered title or text. All pieces joined are the title or the text. A page must put each value into an
 * element that isolates it, `<bdi>` in HTML, because right-to-left letters reorder the digits next to them.
 */
export interface Part {
  text: string;
  /** The key of the placeholder, if the piece is a value. Absent for the template's own words. */
  key?: string;
}

/** What an approver sees. Text, never markup. */
export interface Rendered {
  title: string;
  titleParts: Part[];
  text: string;
  parts: Part[];
}

/** A document that an approver can read before the decision. */
export interface Attachment {
  /** One line of up to 200 characters. */
  title: string;
  /** An `https` URL. */
  url: string;
}

/** The body that an application posts to open a request. In JSON text, `templateId` is required. */
export interface RequestBody {
  /** The key of the template: by default of the template that {@link Template.open} is called on. */
  templateId?: string | undefined;
  metaData?: MetaData | undefined;
  /** Emails and group keys instead of the template's approvers, if the template's `approverOverride` allows them. */
  approvers?: readonly string[] | undefined;
  /** How long the request waits for decisions: at most, and by default, the template's `requestTtlSeconds`. */
  expiresInSeconds?: number | undefined;
  attachments?: readonly Attachment[] | undefined;
}

/** Where a request comes from. */
export interface Origin {
  /** The application that asks: `iss` of its auth token. */
  application: string;
  /** The user on whose behalf it asks: `sub`. */
  subject: string;
  /** The company that owns the request, if several companies share a server: by default the application itself. */
  company?: string | undefined;
  /** The text that the placeholder `companyName` shows: by default the application's host. */
  companyName?: string | undefined;
  /** The other claims of the auth token. Those that the template lists are shown. */
  claims?: object | undefined;
  /** The device that the application reported. */
  device?: Device | undefined;
}

/**
 * The device that a request was made from, as the application reported it. It is a hint for the approver, not a proof,
 * and not part of the content hash. A text that may not be shown, or that has more than 512 bytes, is left out.
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

/** A person who may decide. Leave out a member instead of setting it to `undefined`, which is an error. */
export interface Person {
  email: string;
  /** Whether the person is active: a person who is not active may not decide. */
  active: boolean;
  /** Other names of the person, besides the email: the values of `sub` in the application's auth tokens. */
  aliases?: readonly string[];
}

/** The people and groups that a call needs to know, as they are at the time of the call. */
export interface Directory {
  /** All people. An application without a list of people gives `everyone`: every email then counts as a person. */
  people: readonly Person[] | 'everyone';
  /** The emails of the members, by group key. */
  groups?: { readonly [key: string]: readonly string[] };
}

/** What opens a request, beside its body: `request`, which the application posted as an object or as JSON text. */
export interface Opening {
  /** Where the request comes from: `verifier.origin(token)`. */
  origin: Origin;
  /** The people and groups at present. {@link Template.needs} returns what it must contain. */
  directory: Directory;
  now?: Time | null | undefined;
  /** The id of the request: a UUID. */
  id?: string | null | undefined;
}

/** A checked template: its placeholders are declared, and its constraints can be met. It is immutable. */
export class Template {
  private constructor();
  /**
   * Reads and checks a template, given as an object or as JSON text. For JSON text, errors have a line and a column.
   *
   * @throws {TemplateError | InputError | MetadataError} for the first mistake
   */
  static parse(record: TemplateRecord | string): Template;
  /** A record from elsewhere is checked in full. */
  static parse(record: unknown): Template;
  /** Returns all mistakes in a template, or an empty array if there are none. */
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
   * Renders what an approver would see with these values and this origin. The id of the request is by default the nil
   * UUID.
   *
   * @throws {MetadataError} `unknown_metadata`, `missing_metadata`, `hidden_character`, …
   */
  render(metaData: MetaData, context: Origin & { requestId?: string | undefined }): Rendered;
  /** Returns what a directory must contain to open this request. */
  needs(request: RequestBody | string): { emails: string[]; groups: string[] };
  needs(request: unknown): { emails: string[]; groups: string[] };
  /**
   * Opens a request: renders its text and fixes who may decide.
   *
   * @throws {RequestError | MetadataError | InputError} `application_not_allowed`, `too_few_approvers`, …
   */
  open(opening: Opening & { request: RequestBody | string }): ApprovalRequest;
  /** A body from elsewhere is checked in full. */
  open(opening: Opening & { request: unknown }): ApprovalRequest;
  /** Returns the record that the template was read from. */
  toJSON(): TemplateRecord;
}
