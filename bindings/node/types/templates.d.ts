import { JitError } from './errors';
import { ApprovalRequest } from './requests';
import { Time } from './values';

/** What an approver does to approve. */
export type ApprovalType = 'approve' | 'signAndApprove';

/** A declared placeholder: its key, its default and what its values must be. */
export type MetadataField = {
  /** `[A-Za-z_][A-Za-z0-9_-]{0,63}` */
  key: string;
  /** What stands for a value that a request leaves out. */
  defaultValue?: MetadataValue;
  /** Whether leaving it out, where there is no default, is an error. */
  required?: boolean;
  /** The values that it may have. */
  oneOf?: readonly string[];
} & (
  | { type?: 'text'; pattern?: string; maxLength?: number; multiline?: boolean }
  | { type: 'number'; pattern?: string; maxLength?: number; min?: string | number; max?: string | number }
  | { type: 'boolean' }
);

/** One step of an approval that takes several. */
export interface TemplateStage {
  name?: string;
  /** Emails. */
  approvers?: readonly string[];
  /** Keys of groups. */
  approverGroups?: readonly string[];
  /** How many different people must approve: 1 unless told. */
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
  /** How long a request waits: 900 unless told. */
  requestTtlSeconds?: number;
  /** How long a grant lasts from the decision: 300 unless told. */
  grantTtlSeconds?: number;
  /** How often a grant can be consumed: `once` unless told. */
  grantUse?: 'once' | 'untilExpiry';
  allowSelfApproval?: boolean;
  /** What a request may do to the default approvers: `any` unless told. */
  approverOverride?: 'any' | 'defaults' | 'none';
} & (
  | { defaultApprovers?: readonly string[]; defaultApproverGroups?: readonly string[]; requiredApprovals?: number; stages?: readonly [] }
  | { stages: readonly TemplateStage[]; defaultApprovers?: readonly []; defaultApproverGroups?: readonly []; requiredApprovals?: undefined }
);

/** A value: text, or what has one text only. */
export type MetadataValue = string | boolean | number;

/** Values by the keys of a template's fields. Declare your own as a `type`: an `interface` could have other members. */
export type MetaData = { readonly [key: string]: MetadataValue };

/** A piece of a rendered text. All of them joined are the text. */
export interface Part {
  text: string;
  /** The placeholder that it stands for; absent for the template's own words. */
  key?: string;
}

/** What an approver sees. Text, never markup. */
export interface Rendered {
  title: string;
  text: string;
  parts: Part[];
}

/** Something to look at before deciding. */
export interface Attachment {
  /** One line of up to 200 characters. */
  title: string;
  /** An `https` URL. */
  url: string;
}

/** What an application posts to have a request opened. In JSON text `templateId` must be there. */
export interface RequestBody {
  /** The template's key. {@link Template.open} takes its own, if none is given. */
  templateId?: string | undefined;
  metaData?: MetaData | undefined;
  /** Emails, and keys of groups, instead of the template's, as far as it allows that. */
  approvers?: readonly string[] | undefined;
  /** At most as long as the template says. */
  expiresInSeconds?: number | undefined;
  attachments?: readonly Attachment[] | undefined;
}

/** Where a request comes from. */
export interface Origin {
  /** The application that asks: `iss` of its auth token. */
  application: string;
  /** The user on whose behalf it asks: `sub`. */
  subject: string;
  /** Whom everything belongs to, where several companies share a server; the application itself unless told. */
  company?: string | undefined;
  /** What the placeholder `companyName` shows: the application's host unless told. */
  companyName?: string | undefined;
  /** The auth token's other claims; those that the template lists are shown. */
  claims?: object | undefined;
}

/** Whom the requests know of. Without `people`, every email stands for itself. */
export interface Directory {
  people?: readonly { email: string | undefined; active?: boolean | undefined; aliases?: readonly string[] }[] | undefined;
  /** Emails by the keys of the groups. */
  groups?: { readonly [key: string]: readonly string[] } | undefined;
}

/** A checked template: its placeholders are declared, its constraints can be met. Immutable. */
export class Template {
  private constructor();
  /**
   * Reads and checks a template, an object or its JSON text. In a text, errors have line and column.
   *
   * @throws {TemplateError | InputError | MetadataError} the first of its mistakes
   */
  static parse(record: TemplateRecord | string): Template;
  /** All that is wrong with a template; nothing, if it is right. */
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
   * What an approver would see, with these values on behalf of this origin. Of a request that does not exist the id
   * is that of nothing, unless told.
   *
   * @throws {MetadataError} `unknown_metadata`, `missing_metadata`, `hidden_character`, …
   */
  render(metaData: MetaData, context: Origin & { requestId?: string }): Rendered;
  /** Whom a directory has to know for this request: what to load into it. */
  needs(request: RequestBody | string): { emails: string[]; groups: string[] };
  /**
   * Opens a request: the text is filled, and who may decide is fixed for good.
   *
   * @throws {RequestError | MetadataError | InputError}
   */
  open(opening: {
    /** The body that the application posted, an object or its JSON text. */
    request: RequestBody | string;
    /** Where it comes from: `verifier.origin(token)`. */
    origin: Origin;
    directory?: Directory | undefined;
    now?: Time | undefined;
    id?: string | undefined;
  }): ApprovalRequest;
  /** The record that it was read from. */
  toJSON(): TemplateRecord;
}
