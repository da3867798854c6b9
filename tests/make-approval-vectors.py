#!/usr/bin/env python3
"""Writes the vectors of templates and approval requests: what an approver sees, content hashes, events. A second
implementation in this file creates the expected results. It shares no code with the implementation under test. For a
rejected input, the case gives the expected error code. Run it by hand after adding cases. The tests read the written
files.

    python3 tests/make-approval-vectors.py

Long file: nearly all of it is cases, a line or two each.
"""

import hashlib
import json
import re
from pathlib import Path

from text_samples import ACCEPTED, LANGUAGES, PLAIN, REJECTED

FOLDER = Path(__file__).parent / "vectors"
NOW = 1_700_000_000
IDS = [f"018bcfe5-6800-7000-8000-{n:012d}" for n in range(10)]
APP = "https://shop.example.com"


def canonical(value):
    """Writes RFC 8785 text, as far as needed here: our keys are ASCII, and our numbers are integers within 2^53."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha(value):
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def template(**members):
    base = {"approvalType": "approve", "templateName": "Refund", "approvalTitle": "Refund $(amount)?",
            "approvalKey": "REFUND", "approvalData": "Refund $(amount) to ${subject}.\n$(note)",
            "defaultApprovers": ["ann@example.com"],
            "metadata": [{"key": "amount", "defaultValue": "$1"}, {"key": "note"}]}
    return {name: value for name, value in (base | members).items() if value is not ...}


def field(**members):
    return template(approvalTitle="T", approvalData="D $(f)", metadata=[{"key": "f"} | members])


def person(email, active=True, **more):
    return {"email": email, "active": active} | more


PEOPLE = {"people": [person("ann@example.com", aliases=["ann-1"]), person("bob@example.com"),
                     person("cy@example.com"), person("gone@example.com", False)],
          "groups": {"ops": ["bob@example.com", "cy@example.com"], "empty": []}}
EVERYONE = {"people": "everyone"}


# --- The second implementation: only for valid input ---------------------------------------------------------------

def text_of(value):
    return {True: "true", False: "false"}.get(value) if isinstance(value, bool) else str(value)


def fill(pattern, value):
    """Returns the parts of a text. Adjacent parts of the template's own text are merged."""
    parts = []

    def own(words):
        if parts and "key" not in parts[-1]:
            parts[-1]["text"] += words
        elif words:
            parts.append({"text": words})

    place = 0
    for found in re.finditer(r"\\\\|\\\$[({]|\$\(([^)]*)\)|\$\{([^}]*)\}", pattern):
        own(pattern[place:found.start()])
        key = found.group(1) or found.group(2)
        if key:
            parts.append({"key": key, "text": value(key)})
        else:
            own(found.group(0)[1:])
        place = found.end()
    own(pattern[place:])
    return parts


def render(record, meta, origin, identifier):
    defaults = {row["key"]: text_of(row.get("defaultValue", "")) for row in record.get("metadata", [])}
    values = defaults | {key: text_of(value) for key, value in meta.items()}
    url = re.fullmatch(r"[a-z]+://([A-Za-z0-9.-]+(:[0-9]+)?)([/?#].*)?", origin["application"])
    host = url.group(1).lower() if url else origin["application"]
    built_in = {"companyName": origin.get("companyName", host), "subject": origin["subject"], "requestId": identifier}
    claims = {name: text_of(origin["claims"][name]) for name in record.get("claims", [])}

    def value(key):
        return claims[key[6:]] if key.startswith("claim.") else (built_in | values)[key]

    return fill(record["approvalTitle"], value), fill(record["approvalData"], value), values, defaults, claims


def joined(parts):
    return "".join(part["text"] for part in parts)


def content(company, identifier, body):
    """Returns the content that the content hash covers, from the body of a request's first event."""
    names = ["application", "subject", "claims", "templateId", "templateVersion", "approvalType", "metaData",
             "attachments"]
    return {name: body[name] for name in names} | {"v": 1, "company": company, "requestId": identifier,
            "title": joined(body["titleParts"]), "text": joined(body["parts"])}


class Request:
    """Creates the events of a request. Checks nothing: the caller must give valid input."""

    def __init__(self, given, stages):
        record, body, origin = given["template"], given["body"], given["origin"]
        identifier = given["id"]
        title, parts, values, defaults, claims = render(record, body.get("metaData", {}), origin, identifier)
        company = origin.get("company", origin["application"])
        expires = given["now"] + body.get("expiresInSeconds", record.get("requestTtlSeconds", 900))
        opened = {"application": origin["application"], "subject": origin["subject"], "claims": claims,
                  "templateId": record["approvalKey"], "templateVersion": record.get("templateVersion", 1),
                  "approvalType": record["approvalType"], "titleParts": title, "metaData": values, "parts": parts,
                  "attachments": body.get("attachments", []), "type": "requested", "defaults": defaults,
                  "expiresAt": expires, "grantTtlSeconds": record.get("grantTtlSeconds", 300),
                  "grantUse": record.get("grantUse", "once"), "stages": stages,
                  "allowSelfApproval": record.get("allowSelfApproval", False),
                  "people": "everyone" if given["directory"]["people"] == "everyone" else "listed"}
        if origin.get("device"):
            opened["device"] = origin["device"]
        self.hash = sha(content(company, identifier, opened))
        self.company, self.id, self.events, self.previous = company, identifier, [], None
        self.ttl = opened["grantTtlSeconds"]
        self.application = {"kind": "application", "id": origin["application"]}
        self.add(given["now"], self.application, opened | {"contentHash": self.hash})

    def add(self, at, actor, body):
        event = {"v": 1, "company": self.company, "requestId": self.id, "sequence": len(self.events) + 1, "at": at,
                 "actor": actor, "body": body}
        if self.previous:
            event["previous"] = self.previous
        self.previous = sha(event)
        self.events.append(canonical(event | {"hash": self.previous}))
        return self

    def decided(self, at, approver, verdict="approve", stage=0, grant=None, comment=None, signature=None):
        body = {"type": "decided", "stage": stage, "approver": approver, "verdict": verdict, "contentHash": self.hash}
        if comment:
            body["comment"] = comment
        if signature:
            body["signature"] = {"kind": "typed", "text": signature}
        if grant:
            self.grant = grant
            body["grant"] = {"id": grant, "expiresAt": at + self.ttl}
        return self.add(at, {"kind": "approver", "id": approver}, body)

    def consumed(self, at):
        return self.add(at, self.application, {"type": "consumed", "grantId": self.grant})


# --- Files ---------------------------------------------------------------------------------------------------------

def write(operation, about, cases):
    lines = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
    head = json.dumps({"format": 1, "operation": operation, "about": about, "count": len(cases)}, ensure_ascii=False)
    (FOLDER / f"{operation}.json").write_text(head[:-1] + ',\n "cases": [\n' + lines + "\n ]}\n", encoding="utf-8")


def good(identifier, why, given, ok):
    return {"id": identifier, "why": why, "source": "this project", "given": given, "expect": {"ok": ok}}


def bad(identifier, why, given, error, **place):
    return {"id": identifier, "why": why, "source": "this project", "given": given, "expect": {"error": error} | place}


def template_parse():
    def rejected(identifier, why, record, error, **place):
        return bad(identifier, why, {"template": record}, error, **place)

    def accepted(identifier, why, record):
        return good(identifier, why, {"template": record},
                    {"key": record["approvalKey"], "version": record.get("templateVersion", 1),
                     "fields": [row["key"] for row in record.get("metadata", [])]})

    data = lambda text: template(approvalData=text)
    stage = lambda **members: {"approvers": ["ann@example.com"]} | members
    no_defaults = {"defaultApprovers": ..., "defaultApproverGroups": ...}
    cases = [
        accepted("least", "the members that the published form requires", template()),
        accepted("all", "every member is given", template(templateVersion=7, defaultApprovers=..., claims=["tier"],
                 requestTtlSeconds=60, grantTtlSeconds=60, grantUse="untilExpiry", allowSelfApproval=True,
                 approverOverride="none", stages=[stage(name="first", requiredApprovals=1),
                 stage(approverGroups=["ops"])], metadata=[{"key": "amount", "type": "number", "min": "0", "max": 10.5,
                 "defaultValue": 1, "required": True}, {"key": "note", "multiline": True, "maxLength": 10,
                 "pattern": "[a-z\n]*", "oneOf": ["a", "b"]}], approvalTitle="T")),
        accepted("override-any-without-defaults", "the request names the approvers", template(**no_defaults)),
        accepted("lone-dollars", "a `$` that starts no placeholder is an ordinary character",
                 data("$ $5 $$ $x ${subject} $$(amount)")),
        accepted("escapes", "a backslash makes a placeholder ordinary text", data(r"\$(x) \${y} \\ \n")),
        accepted("comment-in-pattern", "a pattern can set its own mode", field(pattern="(?x)[a-z] # lower case")),
        rejected("unknown-placeholder", "the message names the nearest key", data("one\n two $(amuont)"),
                 "unknown_placeholder", field="approvalData", line=2, column=6),
        rejected("unknown-claim", "a claim must be listed", data("$(claim.tier)"), "unknown_placeholder"),
        rejected("unknown-in-title", "placeholders in the title are checked, too", template(approvalTitle="$(x)"),
                 "unknown_placeholder", field="approvalTitle", line=1, column=1),
        rejected("case-matters", "keys are case-sensitive", data("$(Amount)"), "unknown_placeholder"),
        rejected("unclosed", "a placeholder needs a closing bracket", data("é $(amount"), "malformed_placeholder",
                 line=1, column=3),
        rejected("wrong-bracket", "the closing bracket must be of the same kind", data("${amount)"),
                 "malformed_placeholder"),
        rejected("empty-placeholder", "a placeholder needs a key", data("$()"), "malformed_placeholder"),
        rejected("space-in-placeholder", "a placeholder contains no spaces", data("$( amount )"),
                 "malformed_placeholder"),
        rejected("double-backslash", "an escaped backslash does not escape the placeholder after it", data(r"\\$(x)"),
                 "unknown_placeholder"),
        rejected("duplicate-field", "a key is declared only once", template(metadata=[{"key": "amount"},
                 {"key": "note"}, {"key": "amount"}]), "duplicate_field", field="metadata[2].key"),
        rejected("invalid-key", "a key must not start with a digit", template(metadata=[{"key": "1st"}]),
                 "invalid_key"),
        rejected("long-key", "a key has at most 64 characters", template(metadata=[{"key": "k" * 65}]), "invalid_key"),
        rejected("reserved-key", "a built-in name must not be declared", template(metadata=[{"key": "subject"}]),
                 "reserved_key", field="metadata[0].key"),
        rejected("registered-claim", "a registered claim must not be listed", template(claims=["sub"]), "reserved_key"),
        rejected("duplicate-claim", "a claim is listed only once", template(claims=["a", "a"]), "duplicate_field"),
        rejected("unknown-type", "the approval type is one of two values", template(approvalType="sign"),
                 "unknown_choice", field="approvalType"),
        rejected("unknown-grant-use", "the grant use is one of two values", template(grantUse="twice"),
                 "unknown_choice"),
        rejected("empty-title", "a title must not be empty", template(approvalTitle=""), "empty_text",
                 field="approvalTitle"),
        rejected("long-title", "a title has at most 200 characters", template(approvalTitle="é" * 201),
                 "text_too_long"),
        rejected("long-text", "a text has at most 64 KiB", data("x" * 65537), "text_too_long", field="approvalData"),
        rejected("too-many-fields", "a template has at most 64 fields",
                 template(metadata=[{"key": f"k{n}"} for n in range(65)]), "too_many_fields"),
        rejected("bidi-in-text", "the text of a template must not mislead a reader either", data("pay \u202eevil"),
                 "template_character", line=1, column=5),
        rejected("line-in-title", "a title has one line", template(approvalTitle="a\nb"), "template_character"),
        rejected("multiline-in-title", "a field of several lines must not be in the title",
                 template(metadata=[{"key": "amount", "multiline": True}, {"key": "note"}]), "multiline_in_title",
                 field="approvalTitle"),
        rejected("invalid-pattern", "a pattern must be a regular expression", field(pattern="(a"), "invalid_pattern",
                 field="metadata[0].pattern"),
        rejected("pattern-escapes-anchor", "a pattern must be a complete regular expression", field(pattern="a)|(b"),
                 "invalid_pattern"),
        rejected("pattern-blows-up", "the compiled size of a pattern is limited",
                 field(pattern="((a{1000}){1000}){1000}"), "invalid_pattern"),
        rejected("min-on-text", "a text has no minimum", field(min=1), "misplaced_constraint", field="metadata[0].min"),
        rejected("pattern-on-boolean", "a boolean needs no pattern", field(type="boolean", pattern="t"),
                 "misplaced_constraint"),
        rejected("invalid-bound", "a bound must be a decimal number", field(type="number", min="1e3"), "invalid_bound"),
        rejected("crossed-bounds", "the minimum must not be greater than the maximum", field(type="number", min=9,
                 max=1), "invalid_bound"),
        rejected("default-breaks-rule", "a default must be a valid value", field(type="number", defaultValue="x"),
                 "not_a_number", field="metadata[0].defaultValue"),
        rejected("choice-breaks-rule", "a choice must be a valid value", field(type="number", oneOf=["x"]),
                 "not_a_number", field="metadata[0].oneOf[0]"),
        rejected("stages-and-defaults", "stages name their own approvers", template(stages=[stage()]),
                 "conflicting_approvers", field="defaultApprovers"),
        rejected("stages-and-required", "stages have their own number of required approvals",
                 template(defaultApprovers=..., requiredApprovals=2, stages=[stage()]), "conflicting_approvers",
                 field="requiredApprovals"),
        rejected("nobody", "at least one approver is required", template(**no_defaults, approverOverride="defaults"),
                 "no_approvers"),
        rejected("nobody-in-stage", "at least one approver is required in each stage", template(defaultApprovers=...,
                 stages=[stage(approvers=[])]), "no_approvers", field="stages[0].approvers"),
        *(rejected(f"email-{name}", "the email is not valid", template(defaultApprovers=[email]), "invalid_email",
                   field="defaultApprovers[0]") for name, email in {"no-at": "ann", "two-ats": "ann@x@y.org",
                   "no-local": "@x.org", "no-domain": "ann@", "dot-at-end": "ann@x.org.", "dot-first": "ann@.org",
                   "empty-label": "ann@x..org", "space": "a nn@x.org", "no-break-space": "ann@x.org\u00a0",
                   "comma": "a,b@x.org", "angle": "<ann@x.org>", "colon": "ann:x@x.org", "semicolon": "ann@x.org;",
                   "quote": '"ann"@x.org', "filler": "ann\u3164@x.org", "selector": "1\ufe0f@x.org",
                   "private": "a\ue000@x.org", "braille-blank": "ann@x.org\u2800",
                   "grapheme-joiner": "ann\u034f@x.org"}.items()),
        accepted("emails", "unusual emails are valid, because mail domains have different rules",
                 template(defaultApprovers=["o'brien@x.org", "a..b@docomo.ne.jp", "root@localhost",
                 "jos\u00e9@b\u00fccher.example", "x+y=z/w@x.org"])),
        *(rejected(f"one-of-{name}", "a list of choices must not be empty or null", field(oneOf=choices), error,
                   field="metadata[0].oneOf")
          for name, choices, error in [("none", [], "empty_text"), ("null", None, "wrong_type")]),
        *(rejected(f"null-{name}", "null is an error, although the member can be left out", template(**{name: None}),
                   "wrong_type", field=name)
          for name in ["templateVersion", "metadata", "stages", "claims", "requestTtlSeconds", "grantUse",
                   "allowSelfApproval", "defaultApprovers", "applications"]),
        rejected("one-of-many", "a field has at most 1000 choices", field(oneOf=[f"c{n}" for n in range(1001)]),
                 "too_many", field="metadata[0].oneOf"),
        accepted("one-of-most", "a field has at most 1000 choices", field(oneOf=[f"c{n}" for n in range(1000)])),
        rejected("patterns-share-a-budget", "the compiled patterns of a template have at most 4 MiB together",
                 template(metadata=[{"key": "amount"}, {"key": "note"}] + [{"key": f"p{n}",
                 "pattern": "\\w{1,30}"} for n in range(4)]), "invalid_pattern"),
        rejected("null-default", "null is an error, although the member can be left out", field(defaultValue=None),
                 "metadata_type", field="metadata[0].defaultValue"),
        rejected("applications-none", "an empty list is an error; without the list any application is allowed",
                 template(applications=[]), "empty_text", field="applications"),
        rejected("applications-unseen", "the name of an application needs a visible character",
                 template(applications=["shop", " "]), "empty_text"),
        accepted("applications", "only the listed applications may use the template", template(applications=["shop",
                 APP])),
        rejected("key-with-space", "a key must not contain spaces", template(approvalKey="RE FUND"),
                 "template_character", field="approvalKey"),
        rejected("key-with-joiner", "an invisible character could make two keys look the same",
                 template(approvalKey="RE\u200dFUND"), "template_character"),
        rejected("name-with-spaces", "a name must not contain two spaces in a row", template(templateName="A  B"),
                 "template_character"),
        rejected("name-ends-in-space", "a name must not end with a space", template(templateName="A "),
                 "template_character"),
        rejected("title-of-spaces", "a title needs a visible character", template(approvalTitle=" \u3000"),
                 "empty_text", field="approvalTitle"),
        rejected("text-of-marks", "a text needs a visible character", data("\u0301"), "empty_text",
                 field="approvalData"),
        rejected("joiner-in-email", "an invisible character could make two emails look the same",
                 template(defaultApprovers=["ann\u200d@example.com"]), "invalid_email"),
        *(rejected(f"group-{name}", "the group key is not valid", template(defaultApproverGroups=[group]),
                   "invalid_group", field="defaultApproverGroups[0]") for name, group in {"bidi": "o\u202eps",
                   "at": "ops@x", "empty": "", "space": "o ps", "joiner": "o\u200dps", "long": "x" * 201}.items()),
        rejected("required-zero", "at least one approval is required", template(requiredApprovals=0), "out_of_range"),
        rejected("ttl-too-long", "a lifetime is at most 30 days", template(requestTtlSeconds=2592001), "out_of_range"),
        rejected("misspelt-member", "the message names the nearest member", template(aprovalKey="X"), "unknown_member",
                 field="aprovalKey"),
        rejected("missing-key", "the key is required", template(approvalKey=...), "missing_member",
                 field="approvalKey"),
        rejected("number-for-name", "a name must be a string", template(templateName=1), "wrong_type",
                 field="templateName"),
    ]
    write("template.parse", "Reads and checks the record of a template. Result: its key, version and fields.", cases)


def template_render():
    origin = {"application": APP, "subject": "kevin"}
    old = json.loads((FOLDER / "template.render.json").read_text(encoding="utf-8"))["cases"]
    published = [case for case in old if case["id"].startswith("published")]
    for case in published:
        given, ok = case["given"], case["expect"]["ok"]
        title, *_ = render(given["template"], given["metaData"], {"claims": {}} | given, given.get("requestId"))
        ok["titleParts"] = title

    def accepted(identifier, why, record, meta, **more):
        given = {"template": record, "metaData": meta} | origin | {"requestId": IDS[0]} | more
        title, parts, *_ = render(record, meta, {"claims": {}} | given, IDS[0])
        return good(identifier, why, given, {"title": joined(title), "titleParts": title, "text": joined(parts),
                                             "parts": parts})

    def rejected(identifier, why, record, meta, error, **more):
        place = {name: more.pop(name) for name in ("field", "line", "column") if name in more}
        return bad(identifier, why, {"template": record, "metaData": meta} | origin | {"requestId": IDS[0]} | more,
                   error, **place)

    value = lambda text: {"f": text}
    number = field(type="number", min="-1.5", max="10")
    two = template(approvalTitle="T", approvalData="D $(f)$(g)", metadata=[{"key": "f"}, {"key": "g"}])
    beside = lambda before, after="": field() | {"approvalData": f"D{before}$(f){after}"}
    cases = published + [
        accepted("defaults", "a missing value has its default", template(), {}),
        accepted("single-pass", "placeholders in a value are not replaced", field(),
                 value("$(f) ${subject} $1,654 \\$(x)")),
        accepted("escapes", "an escape means the character itself",
                 template(approvalData=r"\$(amount) \\ \x $(amount)$ $$"), {}),
        accepted("built-in", "every template has the built-in placeholders",
                 template(approvalData="$(companyName) $(subject) $(requestId)"), {}),
        accepted("company-name", "the host gives the company name", template(approvalData="$(companyName)"), {},
                 companyName="Shop Ltd"),
        accepted("claims", "a template shows the claims that it lists",
                 template(approvalData="$(claim.tier) $(claim.n) $(claim.ok)", claims=["tier", "n", "ok"]), {},
                 claims={"tier": "gold", "n": 7, "ok": True}),
        accepted("boolean-and-integer", "a JSON boolean becomes `true` or `false`", field(), value(True)),
        accepted("integer", "a JSON integer becomes its digits", field(), value(-9007199254740991)),
        accepted("number-as-sent", "a number is compared as a decimal and shown as sent", number, value("1.50")),
        accepted("number-at-bound", "a value can be equal to a bound", number, value("-1.5")),
        accepted("number-equal-to-bound", "numbers are compared by value, not as text", number, value("10.000")),
        accepted("joiners", "scripts and emoji need joiners", field(),
                 value("\U0001f469\u200d\U0001f4bb \u0915\u094d\u200c\u0937")),
        accepted("not-normalised", "values are not normalized", field(), value("e\u0301 \u00e9")),
        accepted("multiline", "the field allows several lines", field(multiline=True), value("one\ntwo")),
        accepted("pattern", "the pattern must match the whole value", field(pattern="a|ab"), value("ab")),
        accepted("one-of", "the value is one of the choices", field(oneOf=["x", "y"]), value("y")),
        accepted("empty-value", "an empty value replaces the default", field(defaultValue="x"), value("")),
        accepted("longest-value", "a value has at most 4 KiB", field(), value("x" * 4096)),
        rejected("unknown-key", "the message names the nearest key", template(), {"amuont": "1"}, "unknown_metadata",
                 field="metaData.amuont"),
        rejected("required", "the field requires a value", field(required=True), {}, "missing_metadata",
                 field="metaData.f"),
        rejected("required-empty", "a required value must not be empty", field(required=True, defaultValue="x"),
                 value(""), "missing_metadata"),
        rejected("float", "a number must be an integer", field(), value(1.5), "metadata_type"),
        rejected("large-integer", "an integer must be within ±(2^53-1)", field(), value(9007199254740992),
                 "metadata_type"),
        rejected("null", "null is not a value", field(), value(None), "metadata_type"),
        rejected("array", "an array is not a value", field(), value(["x"]), "metadata_type"),
        rejected("too-long", "a value has at most 4 KiB", field(), value("x" * 4097), "value_too_long"),
        rejected("line-feed", "a line feed is allowed only in a field of several lines", field(), value("one\ntwo"),
                 "hidden_character", line=1, column=4),
        rejected("carriage-return", "a carriage return is never allowed", field(multiline=True), value("one\r\ntwo"),
                 "hidden_character"),
        *(accepted(f"language-{name}", "text in every script is shown as it is written", field(), value(text))
          for name, text in LANGUAGES.items()),
        *(accepted(f"text-{name}", why, field(), value(text)) for name, why, text in ACCEPTED),
        *(rejected(f"hidden-{name}", why, field(multiline=True), value(text), "hidden_character", field="metaData.f")
          for name, why, text in REJECTED),
        rejected("required-spaces", "a required value needs a visible character", field(required=True),
                 value(" \u3000"), "missing_metadata"),
        rejected("empty-title", "a rendered title needs a visible character", template(approvalTitle="$(note)"), {},
                 "missing_metadata", field="title"),
        rejected("empty-text", "a rendered text needs a visible character", template(approvalData="$(note)"), {},
                 "missing_metadata", field="text"),
        rejected("merges-before", "U+0338 changes a < before it to \u226e", beside("<"), value("\u0338b"),
                 "merging_value", field="metaData.f"),
        rejected("merges-behind", "a mark in the template's text merges with the value before it", beside(" ",
                 "\u0301x"), value("e"), "merging_value", field="metaData.f"),
        rejected("merges-hangul", "a final consonant joins the syllable before it", beside("\ud558"), value("\u11ab"),
                 "merging_value"),
        rejected("merges-skin-tone", "a skin tone changes the emoji before it", beside("\U0001f44d"),
                 value("\U0001f3fd"), "merging_value"),
        rejected("merges-flag", "two regional indicators form a flag", beside("\U0001f1e9"), value("\U0001f1ea"),
                 "merging_value"),
        rejected("merges-conjunct", "a virama joins its letter to the letter after it", beside(" ", "\u0937"),
                 value("\u0915\u094d"), "merging_value"),
        rejected("merges-values", "two values must not merge either", two, {"f": "e", "g": "\u0301"}, "merging_value",
                 field="metaData.g"),
        rejected("merges-around-nothing", "an empty value does not separate the text around it", beside("e", "\u0301"),
                 value(""), "merging_value", field="metaData.f"),
        rejected("merges-in-title", "the title is checked, too", template(approvalTitle="<$(amount)"),
                 {"amount": "\u0338"}, "merging_value"),
        accepted("flags-side-by-side", "whole flags next to each other do not merge", beside("\U0001f1e9\U0001f1ea",
                 "\U0001f1eb\U0001f1f7"), value("\U0001f1ea\U0001f1f8")),
        accepted("right-to-left", "a value is its own part, so that a page can isolate right-to-left text",
                 beside(" 12 ", " 34"), value("\u05e9\u05dc\u05d5\u05dd 56")),
        *(accepted(f"host-{name}", "the company name is the host if all clients find the same host",
                   template(approvalData="$(companyName)"), {}, application=application) for name,
                   application in {"of-url": "https://Shop.Example.com:8443/path?x#y", "of-none": "shop",
                   "foreign-in-query": "evil.com/?u=https://good.com", "backslash": "https://evil.com\\.good.com",
                   "user-info": "https://good.com@evil.com", "percent": "https://good.com%2eevil.com"}.items()),
        *(rejected(f"hidden-in-subject-{name}", "the subject is shown to the approver", field(), {}, "hidden_character",
                   subject=subject)
          for name, subject in {"bidi": "k\u202e", "filler": "kevin\u3164", "space-before": " kevin",
                   "space-behind": "kevin\u00a0", "two-spaces": "kevin  x"}.items()),
        rejected("subject-of-nothing", "a subject needs a visible character", field(), {}, "missing_metadata",
                 subject="\u0301"),
        rejected("hidden-in-claim", "claims are shown to the approver", template(claims=["c"]), {}, "hidden_character",
                 claims={"c": "\u202e"}),
        rejected("absent-claim", "the auth token must contain every claim that the template shows",
                 template(claims=["c"]), {}, "absent_claim", claims={}),
        *(rejected(f"number-{text or 'empty'}", "a number has only one form", field(type="number"), value(text),
                   "not_a_number")
          for text in ("", "01", "1.", ".5", "1e3", "+1", " 1", "1,5", "0x1", "\u0661", "NaN")),
        rejected("boolean-yes", "a boolean is `true` or `false`", field(type="boolean"), value("yes"), "not_a_boolean"),
        rejected("not-one-of", "choices are case-sensitive", field(oneOf=["x", "y"]), value("X"), "not_one_of"),
        rejected("one-of-empty", "an empty value is not a choice", field(oneOf=["x"], defaultValue="x"), value(""),
                 "not_one_of"),
        rejected("pattern-part", "the pattern must match the whole value", field(pattern="[a-z]+"), value("abc1"),
                 "pattern_mismatch"),
        rejected("pattern-line-end", "the pattern must match the line feed at the end, too", field(pattern="[a-z]+",
                 multiline=True), value("abc\n"), "pattern_mismatch"),
        rejected("below", "the value is less than the minimum", number, value("-1.51"), "below_minimum"),
        rejected("above", "the value is greater than the maximum", number, value("10.0000001"), "above_maximum"),
        rejected("too-many-characters", "the limit counts characters, not bytes", field(maxLength=2),
                 value("\u00e9\u00e9\u00e9"), "too_many_characters"),
        rejected("rendered-title", "the limit also applies to the rendered title", template(), {"amount": "x" * 200},
                 "rendered_too_long", field="title"),
        rejected("rendered-text", "the limit also applies to the rendered text", template(approvalTitle="T",
                 approvalData="$(note)" * 20, metadata=[{"key": "note"}]), {"note": "x" * 4096}, "rendered_too_long",
                 field="text"),
    ]
    write("template.render",
          "Renders a template with metadata for an application and a subject. Result: the title, the text and their "
          "parts as the approver sees them.", cases)


def opening(record=None, meta=None, subject="kevin", directory=EVERYONE, device=None, **body):
    record = record or template()
    origin = {"application": APP, "subject": subject} | ({"device": device} if device else {})
    return {"template": record, "body": {"templateId": "REFUND", "metaData": meta or {}} | body, "origin": origin,
            "directory": directory, "now": NOW, "id": IDS[0]}


def eligible(*people):
    return [{"email": email} | ({"group": group[0]} if group else {}) for email, *group in people]


ANN = [{"required": 1, "eligible": eligible(["ann@example.com"])}]


def open_cases():
    def accepted(identifier, why, given, stages=None):
        request = Request(given, stages or ANN)
        return good(identifier, why, given, {"event": request.events[0], "contentHash": request.hash})

    def rejected(identifier, why, given, error, **place):
        return bad(identifier, why, given, error, **place)

    two = template(defaultApprovers=..., stages=[
        {"name": "first", "approvers": ["ann@example.com", "bob@example.com"]},
        {"name": "last", "approverGroups": ["ops"], "requiredApprovals": 2}])
    picture = {"title": "Invoice", "url": "https://shop.example.com/i/1"}
    groups = template(defaultApproverGroups=["ops"])
    defaults = groups | {"approverOverride": "defaults"}
    cases = [
        accepted("least", "the default approvers are asked", opening()),
        accepted("everything", "every member that the content hash covers is given",
                 {**opening(template(claims=["tier"], approvalData="$(amount) $(claim.tier)", templateVersion=3,
                 approvalType="signAndApprove"), {"amount": "$1,654"}, attachments=[picture], expiresInSeconds=60),
                 "origin": {"application": APP, "subject": "kevin", "company": "acme", "companyName": "Shop",
                 "claims": {"tier": "gold", "other": "not shown"}}}),
        accepted("group", "the members of a group are eligible, and the event names the group", opening(groups,
                 directory=PEOPLE), [{"required": 1, "eligible": eligible(["ann@example.com"], ["bob@example.com",
                 "ops"], ["cy@example.com", "ops"])}]),
        accepted("request-names-them", "the approvers of the request replace the defaults", opening(groups,
                 directory=PEOPLE, approvers=["cy@example.com"]), [{"required": 1,
                 "eligible": eligible(["cy@example.com"])}]),
        accepted("request-names-default-of-group", "a member of a default group is eligible through the group",
                 opening(defaults, directory=PEOPLE, approvers=["bob@example.com"]), [{"required": 1,
                 "eligible": eligible(["bob@example.com", "ops"])}]),
        accepted("case-twins", "emails that differ only in case are one person", opening(approvers=["Ann@Example.com",
                 "ANN@example.com"]), [{"required": 1, "eligible": eligible(["Ann@Example.com"])}]),
        accepted("normal-form-twins", "emails that differ only in normalization are one person",
                 opening(approvers=["jos\u00e9@x.org", "jose\u0301@x.org"]), [{"required": 1,
                 "eligible": eligible(["jos\u00e9@x.org"])}]),
        accepted("last-stage-only", "a person named in several stages decides only in the last one", opening(two,
                 directory=PEOPLE), [{"name": "first", "required": 1, "eligible": eligible(["ann@example.com"])},
                 {"name": "last", "required": 2, "eligible": eligible(["bob@example.com", "ops"], ["cy@example.com",
                 "ops"])}]),
        accepted("subject-barred", "the subject may not approve by default", opening(groups, directory=PEOPLE,
                 subject="BOB@example.com"), [{"required": 1, "eligible": eligible(["ann@example.com"],
                 ["cy@example.com", "ops"])}]),
        accepted("subject-allowed", "the template allows the subject to approve",
                 opening(groups | {"allowSelfApproval": True}, directory=PEOPLE, subject="bob@example.com"),
                 [{"required": 1, "eligible": eligible(["ann@example.com"], ["bob@example.com", "ops"],
                 ["cy@example.com", "ops"])}]),
        accepted("inactive-left-out", "a person who is not active is not eligible",
                 opening(template(defaultApprovers=["gone@example.com", "ann@example.com"]), directory=PEOPLE)),
        rejected("other-template", "the request names another template", {**opening(), "body": {"templateId": "OTHER"}},
                 "template_mismatch", field="templateId"),
        rejected("unknown-approver", "no person has this email", opening(directory=PEOPLE,
                 approvers=["eve@example.com"]), "unknown_approver"),
        rejected("nobody-known", "the directory contains no people", opening(directory={"people": []}),
                 "unknown_approver", field="defaultApprovers"),
        rejected("unknown-group", "there is no such group", opening(directory=PEOPLE, approvers=["cfo"]),
                 "unknown_group"),
        rejected("no-email", "an entry with `@` must be an email", opening(approvers=["@"]), "invalid_email",
                 field="approvers[0]"),
        rejected("override-none", "the template does not allow the request to name approvers",
                 opening(groups | {"approverOverride": "none"}, directory=PEOPLE, approvers=["ann@example.com"]),
                 "approvers_not_allowed", field="approvers[0]"),
        rejected("override-defaults", "the template only allows the request to name default approvers",
                 opening(template(approverOverride="defaults"), approvers=["eve@example.com"]),
                 "approvers_not_allowed"),
        rejected("override-defaults-group", "the restriction also applies to groups",
                 opening(template(approverOverride="defaults"), directory=PEOPLE, approvers=["ops"]),
                 "approvers_not_allowed"),
        rejected("approvers-with-stages", "approvers are an error if the template has stages, never ignored",
                 opening(two, directory=PEOPLE, approvers=["ann@example.com"]), "conflicting_approvers",
                 field="approvers"),
        rejected("too-few", "a request with too few approvers is rejected, so that it cannot get stuck",
                 opening(template(requiredApprovals=2)), "too_few_approvers"),
        rejected("too-few-after-subject", "the subject does not count as an approver",
                 opening(subject="ann@example.com"), "too_few_approvers"),
        rejected("subject-by-alias", "the subject does not count as an approver under an alias either",
                 opening(subject="ANN-1", directory=PEOPLE), "too_few_approvers"),
        rejected("empty-group", "the group has no members", opening(directory=PEOPLE, approvers=["empty"]),
                 "too_few_approvers"),
        rejected("expires-later", "a request can only shorten its lifetime", opening(expiresInSeconds=901),
                 "out_of_range", field="expiresInSeconds"),
        rejected("attachment-url", "an attachment needs an https URL",
                 opening(attachments=[picture | {"url": "javascript:x"}]), "invalid_attachment",
                 field="attachments[0]"),
        rejected("attachment-title", "the title of an attachment is shown to the approver",
                 opening(attachments=[picture | {"title": "\u202e"}]), "invalid_attachment"),
        rejected("attachments", "a request has at most 20 attachments", opening(attachments=[picture] * 21),
                 "too_many"),
        rejected("approvers", "a request has at most 1000 approvers",
                 opening(approvers=[f"a{n}@x.org" for n in range(1001)]), "too_many"),
        *(rejected(f"directory-{name}", why, opening(directory=directory), error, field=place)
          for name, why, directory, error, place in [
            ("active-null", "null does not make a person active", {"people": [person("ann@example.com", None)]},
             "wrong_type", "people[0].active"),
            ("active-missing", "a listed person is not active by default", {"people": [{"email": "ann@example.com"}]},
             "missing_member", "people[0].active"),
            ("people-missing", "leaving out the people never means everyone", {"groups": {}}, "missing_member",
             "people"),
            ("people-null", "null does not mean everyone", {"people": None}, "wrong_type", "people"),
            ("people-other-text", "only the text `everyone` means everyone", {"people": "all"}, "wrong_type", "people"),
            ("groups-null", "null is an error, although the member can be left out", EVERYONE | {"groups": None},
             "wrong_type", "groups"),
            ("aliases-null", "null is an error, although the member can be left out",
             {"people": [person("ann@example.com", aliases=None)]}, "wrong_type", "people[0].aliases"),
            ("group-with-at", "a group key must not contain `@`", EVERYONE | {"groups": {"ops@x": []}}, "invalid_group",
             "groups"),
            ("twice", "a person is listed only once", {"people": [person("Ann@example.com", False),
             person("ann@example.com")]}, "duplicate_person", "people"),
            ("lookalikes", "two people must not count as the same person", {"people": [person("ann@fa\u00df.de"),
             person("ann@fass.de")]}, "ambiguous_person", "people"),
            ("alias-of-two", "an alias belongs to one person", {"people": [person("ann@example.com", aliases=["a"]),
             person("bob@example.com", aliases=["A"])]}, "alias_taken", "people"),
            ("alias-is-email", "an alias must not be the email of another person", {"people": [person("ann@example.com",
             aliases=["bob@example.com"]), person("bob@example.com")]}, "alias_taken", "people")]),
        bad("directory-left-out", "leaving out the directory never means everyone",
            {name: member for name, member in opening().items() if name != "directory"}, "missing_member",
            field="directory") | {"scope": "optional arguments"},
        accepted("alias-repeated", "a person's own names can be repeated",
                 opening(directory={"people": [person("ann@example.com", aliases=["a", "A", "ann@example.com"])]})),
        accepted("everyone-with-groups", "a directory of everyone can have groups",
                 opening(template(defaultApprovers=..., defaultApproverGroups=["ops"]),
                 directory=EVERYONE | {"groups": {"ops": ["ann@example.com"]}}), [{"required": 1,
                 "eligible": eligible(["ann@example.com", "ops"])}]),
        rejected("lookalikes-in-stage", "two people of one stage must not count as the same person",
                 opening(approvers=["ann@fa\u00df.de", "ann@fass.de"]), "ambiguous_person"),
        accepted("lookalikes-in-stages", "people who count as the same person decide only in the last stage",
                 opening(template(defaultApprovers=..., stages=[{"approvers": ["ann@fa\u00df.de", "bob@example.com"]},
                 {"approvers": ["ann@fass.de"]}])), [{"required": 1, "eligible": eligible(["bob@example.com"])},
                 {"required": 1, "eligible": eligible(["ann@fass.de"])}]),
        rejected("lookalike-of-subject", "everyone who counts as the subject is barred",
                 opening(template(defaultApprovers=["ann@fa\u00df.de"]), subject="ANN@FASS.DE"), "too_few_approvers"),
        rejected("unknown-lookalike", "another domain is another person",
                 opening(directory={"people": [person("ann@fass.de")]}, approvers=["ann@fa\u00df.de"]),
                 "unknown_approver"),
        rejected("template-id-null", "null is not a template id", opening(templateId=None), "wrong_type",
                 field="templateId"),
        rejected("expires-null", "null is an error, although the member can be left out",
                 opening(expiresInSeconds=None), "wrong_type", field="expiresInSeconds"),
        rejected("value-null", "null is an error, although the value can be left out", opening(meta={"amount": None}),
                 "metadata_type", field="metaData.amount"),
        rejected("before-year-1", "times are from year 1 to year 9999", {**opening(), "now": -62_135_596_801},
                 "out_of_range", field="now"),
        rejected("after-year-9999", "times are from year 1 to year 9999", {**opening(), "now": 253_402_300_800},
                 "out_of_range", field="now"),
        accepted("device", "the event contains the device as the application reported it",
                 opening(device={"userAgent": "Mozilla/5.0", "brands": '"Chromium";v="148"', "platform": "Linux",
                 "location": {"lat": 52.5, "lon": -13}})),
        rejected("device-of-nowhere", "a latitude is between -90 and 90", opening(device={"location": {"lat": 91,
                 "lon": 0}}), "out_of_range", field="device.location.lat"),
        rejected("device-null", "null is an error, although the member can be left out",
                 opening(device={"platform": None}), "wrong_type", field="device.platform"),
        good("device-unshown", "values that cannot be shown are left out", opening(device={"userAgent": "a\u202e",
             "platform": "x" * 513}), {"event": Request(opening(), ANN).events[0],
             "contentHash": Request(opening(), ANN).hash}),
        accepted("application-listed", "the template lists the application", opening(template(applications=["other",
                 APP]))),
        rejected("application-not-listed", "the template does not list the application",
                 opening(template(applications=["other"])), "application_not_allowed", field="application"),
        *(accepted(f"url-{name}", "the URL has a well-formed host", opening(attachments=[picture | {"url": url}]))
          for name, url in {"port": "https://x.org:8443", "address": "https://127.0.0.1/a",
                   "query": "https://x.org?a[]=1", "ipv6": "https://[::1]/",
                   "punycode": "https://xn--bcher-kva.example/", "upper": "https://X.org"}.items()),
        *(rejected(f"url-{name}", "the URL must be https, and clients must not read it in different ways",
                   opening(attachments=[picture | {"url": url}]), "invalid_attachment", field="attachments[0]")
          for name, url in {"no-host": "https://", "no-host-but-path": "https:///x",
                   "user": "https://good.com@evil.com/", "backslash": "https://evil.com\\.good.com/",
                   "empty-label": "https://a..b/", "dot-at-end": "https://x.org./", "space": "https://x.org/a b",
                   "quote": 'https://x.org/"', "angle": "https://x.org/<", "caret": "https://x.org/^",
                   "brace": "https://x.org/{}", "bar": "https://x.org/|", "backtick": "https://x.org/`",
                   "letters": "https://b\u00fccher.example", "hex-address": "https://0x7f.1/",
                   "large-port": "https://x.org:99999/", "http": "http://x.org/",
                   "percent": "https://x%2eorg/"}.items()),
        rejected("id", "an id must be a UUID", {**opening(), "id": "1"}, "invalid_id"),
        rejected("subject-missing", "a subject is required", opening(subject=""), "missing_metadata"),
    ]
    write("approvalRequest.open",
          "Opens a request with a template, a body, an origin and a directory, at a time and with an id. Result: its "
          "first event and its content hash.", cases)
    return two


def play_cases(two):
    ann = {"do": "decide", "approver": "ann@example.com", "verdict": "approve", "at": NOW + 10, "id": IDS[1]}
    bob, cy = ann | {"approver": "bob@example.com"}, ann | {"approver": "cy@example.com"}
    act = {"do": "consume", "act": {"metaData": {}}, "at": NOW + 20}
    cancel = {"do": "cancel", "actor": {"kind": "application", "id": APP}, "reason": "sold out", "at": NOW + 5}
    revoke = {"do": "revoke", "actor": {"kind": "administrator", "id": "eve@example.com"}, "at": NOW + 15}
    expire = {"do": "expire", "at": NOW + 2000}
    reject = ann | {"verdict": "reject"}
    grouped = opening(template(defaultApprovers=..., defaultApproverGroups=["ops"]), directory=PEOPLE)
    sign = opening(template(approvalType="signAndApprove"))
    listed = opening(directory=PEOPLE)
    other_domain = opening(template(defaultApprovers=["ann@fa\u00df.de"]))
    system = {"kind": "system", "id": "directory"}
    cases_of = {"cancel": [cancel], "revoke": [ann, revoke]}
    staged = opening(two, directory=PEOPLE)
    until = opening(template(grantUse="untilExpiry"))
    without = lambda email: {"people": [person for person in PEOPLE["people"] if person["email"] != email],
                             "groups": PEOPLE["groups"]}

    def accepted(identifier, why, given, steps, request, status, grant=None):
        expected = {"status": status, "events": request.events} | ({"grant": grant} if grant else {})
        return good(identifier, why, {"opening": given, "steps": steps}, expected)

    def rejected(identifier, why, steps, error, given=None, **place):
        return bad(identifier, why, {"opening": given or opening(), "steps": steps}, error, **place)

    def new(given=None, stages=None):
        return Request(given or opening(), stages or ANN)

    ops = [{"required": 1, "eligible": eligible(["bob@example.com", "ops"], ["cy@example.com", "ops"])}]
    both = [{"name": "first", "required": 1, "eligible": eligible(["ann@example.com"])},
            {"name": "last", "required": 2,
             "eligible": eligible(["bob@example.com", "ops"], ["cy@example.com", "ops"])}]
    approved = lambda: new().decided(NOW + 10, "ann@example.com", grant=IDS[1])
    cases = [
        accepted("approved", "one approval is enough", opening(), [ann], approved(), "approved", "issued"),
        accepted("approved-with-comment", "an approval can have a comment", opening(), [ann | {"comment": "fine"}],
                 new().decided(NOW + 10, "ann@example.com", grant=IDS[1], comment="fine"), "approved", "issued"),
        accepted("approver-in-capitals", "the event has the email as the snapshot has it", opening(),
                 [ann | {"approver": "ANN@EXAMPLE.COM"}], approved(), "approved", "issued"),
        accepted("rejected", "one rejection rejects the request", opening(), [reject], new().decided(NOW + 10,
                 "ann@example.com", "reject"), "rejected"),
        accepted("repeated", "repeating a decision word for word returns the first one", opening(), [ann,
                 ann | {"at": NOW + 11}], approved(), "approved", "issued"),
        accepted("signed", "the approval needs a signature", sign, [ann | {"signature": "Ann \u03a9"}],
                 new(sign).decided(NOW + 10, "ann@example.com", grant=IDS[1], signature="Ann \u03a9"), "approved",
                 "issued"),
        accepted("rejected-unsigned", "a rejection needs no signature", sign, [reject], new(sign).decided(NOW + 10,
                 "ann@example.com", "reject"), "rejected"),
        accepted("staged", "the stages run in order, and each has its number of approvals", staged, [ann, bob,
                 cy | {"id": IDS[2]}], new(staged, both).decided(NOW + 10, "ann@example.com").decided(NOW + 10,
                 "bob@example.com", stage=1) .decided(NOW + 10, "cy@example.com", stage=1, grant=IDS[2]), "approved",
                 "issued"),
        accepted("half-way", "the request is pending until the last stage is complete", staged, [ann, bob], new(staged,
                 both) .decided(NOW + 10, "ann@example.com").decided(NOW + 10, "bob@example.com", stage=1), "pending"),
        accepted("rejected-in-stage", "one rejection in any stage rejects the request", staged, [ann,
                 bob | {"verdict": "reject"}], new(staged, both).decided(NOW + 10, "ann@example.com").decided(NOW + 10,
                 "bob@example.com", "reject", 1), "rejected"),
        accepted("last-second", "the last second before the request expires", opening(), [ann | {"at": NOW + 899}],
                 new().decided(NOW + 899, "ann@example.com", grant=IDS[1]), "approved", "issued"),
        accepted("cancelled", "the application cancels its request", opening(), [cancel], new().add(NOW + 5,
                 {"kind": "application", "id": APP}, {"type": "cancelled", "reason": "sold out"}), "cancelled"),
        accepted("expired", "the event has the time of the expiry, not of its recording", opening(), [expire],
                 new().add(NOW + 900, {"kind": "system", "id": "clock"}, {"type": "expired"}), "expired"),
        accepted("consumed", "the defaults are added to the act", opening(), [ann, act], approved().consumed(NOW + 20),
                 "approved", "consumed"),
        accepted("consumed-with-values", "the act contains every value", opening(), [ann,
                 act | {"act": {"metaData": {"amount": "$1", "note": ""}}}], approved().consumed(NOW + 20), "approved",
                 "consumed"),
        accepted("consumed-at-last-second", "the last second before the grant expires", opening(), [ann,
                 act | {"at": NOW + 309}], approved().consumed(NOW + 309), "approved", "consumed"),
        accepted("until-expiry", "every use of the grant is recorded", until, [ann, act, act],
                 new(until) .decided(NOW + 10, "ann@example.com", grant=IDS[1]).consumed(NOW + 20).consumed(NOW + 20),
                 "approved", "issued"),
        accepted("revoked", "an administrator revokes the grant", opening(), [ann, revoke], approved().add(NOW + 15,
                 {"kind": "administrator", "id": "eve@example.com"}, {"type": "revoked", "grantId": IDS[1]}),
                 "approved", "revoked"),
        accepted("clock-set-back", "the time of an event is never before that of the last event", opening(), [ann,
                 act | {"at": NOW}], approved().consumed(NOW + 10), "approved", "consumed"),
        accepted("others-still-in-group", "a person who left the group does not affect the others", grouped,
                 [cy | {"directory": without("bob@example.com")}], new(grouped, ops).decided(NOW + 10, "cy@example.com",
                 grant=IDS[1]), "approved", "issued"),
        rejected("not-eligible", "the request does not ask this person", [bob], "not_eligible", field="approver"),
        rejected("added-later", "people who are added to a group later are not eligible",
                 [ann | {"approver": "new@example.com", "directory": {"people": [person("new@example.com")],
                 "groups": {"ops": ["new@example.com"]}}}], "not_eligible", grouped),
        rejected("no-longer-active", "removals count at once", [bob | {"directory": without("bob@example.com")}],
                 "no_longer_eligible", grouped),
        rejected("no-longer-in-group", "removals count at once",
                 [bob | {"directory": PEOPLE | {"groups": {"ops": ["cy@example.com"]}}}], "no_longer_eligible",
                 grouped),
        rejected("left-default-group", "a person named from a default group must still be in the group",
                 [bob | {"directory": PEOPLE | {"groups": {"ops": []}}}], "no_longer_eligible",
                 opening(template(defaultApproverGroups=["ops"], approverOverride="defaults"), directory=PEOPLE,
                 approvers=["bob@example.com"])),
        rejected("nobody-left", "the directory contains no people", [ann | {"directory": {"people": []}}],
                 "no_longer_eligible"),
        rejected("alias-given-later", "the subject is also barred at the decision",
                 [ann | {"directory": {"people": [person("ann@example.com", aliases=["KEVIN"])]}}], "self_approval"),
        rejected("other-domain", "another domain is another approver", [ann | {"approver": "ann@fass.de"}],
                 "not_eligible", other_domain, field="approver"),
        accepted("own-domain", "case and normalization of an email do not matter", other_domain,
                 [ann | {"approver": "ANN@FA\u00df.de"}], new(other_domain, [{"required": 1,
                 "eligible": eligible(["ann@fa\u00df.de"])}]) .decided(NOW + 10, "ann@fa\u00df.de", grant=IDS[1]),
                 "approved", "issued"),
        accepted("without-directory", "no directory is needed if the request was opened with everyone", opening(),
                 [ann | {"withoutDirectory": True}], approved(), "approved", "issued"),
        rejected("listed-without-directory", "a listed person is looked up again at the decision",
                 [ann | {"withoutDirectory": True}], "missing_member", listed, field="directory"),
        rejected("listed-then-everyone", "a directory of everyone does not say who is active",
                 [ann | {"directory": EVERYONE}], "directory_mismatch", listed, field="directory"),
        rejected("group-without-directory", "the members of a group are looked up again at the decision",
                 [bob | {"withoutDirectory": True}], "missing_member", opening(template(defaultApprovers=...,
                 defaultApproverGroups=["ops"]), directory=EVERYONE | {"groups": {"ops": ["bob@example.com"]}}),
                 field="directory"),
        accepted("failed-changes-nothing", "a step that fails does not record the expiry either", opening(),
                 [ann | {"at": NOW + 900, "fails": "request_expired"}, cancel | {"at": NOW + 901,
                 "fails": "request_expired"}, act | {"at": NOW + 902, "fails": "no_grant"}], new(), "pending"),
        accepted("expired-by-hand", "the step `expire` records the expiry", opening(), [ann | {"at": NOW + 900,
                 "fails": "request_expired"}, expire], new().add(NOW + 900, {"kind": "system", "id": "clock"},
                 {"type": "expired"}), "expired"),
        accepted("comment-lines", "a comment may have several lines", opening(), [ann | {"comment": "one\ntwo"}],
                 new().decided(NOW + 10, "ann@example.com", grant=IDS[1], comment="one\ntwo"), "approved", "issued"),
        accepted("cancelled-by-system", "the system can cancel with a reason", opening(), [cancel | {"actor": system}],
                 new().add(NOW + 5, system, {"type": "cancelled", "reason": "sold out"}), "cancelled"),
        *(rejected(f"{name}-by-{who}",
                   "only the request's application, an administrator or the system with a reason may do this",
                   steps[:-1] + [steps[-1] | change], "actor_not_allowed", field="actor")
          for name, steps in cases_of.items() for who, change in {"approver": {"actor": {"kind": "approver",
                   "id": "ann@example.com"}}, "other-application": {"actor": {"kind": "application", "id": "shop2"}},
                   "system-without-reason": {"actor": system, "reason": ...},
                   "system-with-unseen-reason": {"actor": system, "reason": " "}}.items()),
        rejected("grant-id-nil", "a grant needs its own id", [ann | {"id": "00000000-0000-0000-0000-000000000000"}],
                 "invalid_grant_id", field="id"),
        rejected("grant-id-of-request", "a grant needs its own id", [ann | {"id": IDS[0]}], "invalid_grant_id",
                 field="id"),
        rejected("late-time", "times are from year 1 to year 9999", [ann, act | {"at": 253_402_300_800}],
                 "out_of_range", field="now"),
        rejected("stage-not-open", "the first stage is not complete", [bob], "stage_not_open", staged),
        rejected("decided-twice", "decisions do not change", [ann, reject], "already_decided", staged),
        rejected("decided-twice-otherwise", "a repeated decision must be the same word for word", [ann,
                 ann | {"comment": "x"}], "already_decided"),
        rejected("final-rejected", "final states never change", [bob | {"verdict": "reject"}, cy], "request_final",
                 grouped),
        rejected("final-cancelled", "final states never change", [cancel, ann], "request_final"),
        rejected("cancel-approved", "final states never change", [ann, cancel | {"at": NOW + 11}], "request_final"),
        rejected("expired-unnoticed", "a request expires even if no event records it", [ann | {"at": NOW + 900}],
                 "request_expired"),
        rejected("expired-noticed", "final states never change", [expire, ann], "request_expired"),
        rejected("cancel-expired", "final states never change", [cancel | {"at": NOW + 900}], "request_expired"),
        rejected("malformed-hash", "a hash has 64 digits", [ann | {"contentHash": "0" * 63}], "invalid_hash"),
        rejected("other-content", "the approver saw other content", [ann | {"contentHash": "0" * 64}],
                 "content_mismatch", field="contentHash"),
        rejected("unsigned", "the approval needs a signature", [ann], "signature_required", sign, field="signature"),
        rejected("blank-signature", "a signature needs a visible character", [ann | {"signature": "\u3164 \u200d"}],
                 "signature_required", sign),
        rejected("blank-signature-rejecting", "a signature needs a visible character", [reject | {"signature": " "}],
                 "signature_required", sign),
        rejected("signature-unneeded-blank", "an empty signature is an error, never ignored", [ann | {"signature": ""}],
                 "signature_required"),
        rejected("signature-spaces", "a signature must not start with a space", [ann | {"signature": " Ann"}],
                 "signature_character", sign),
        rejected("signature-bidi", "the character could mislead a reader", [ann | {"signature": "Ann\u202e"}],
                 "signature_character", sign),
        rejected("signature-long", "a signature has at most 200 characters", [ann | {"signature": "x" * 201}],
                 "signature_too_long", sign),
        rejected("comment-bidi", "the character could mislead a reader", [ann | {"comment": "a\u202eb"}],
                 "comment_character", field="comment"),
        rejected("reason-line", "a reason has one line", [cancel | {"reason": "a\nb"}], "invalid_reason",
                 field="reason"),
        rejected("comment-long", "a comment has at most 4 KiB", [ann | {"comment": "x" * 4097}], "comment_too_long"),
        rejected("reason-bidi", "the character could mislead a reader", [cancel | {"reason": "\u202e"}],
                 "invalid_reason", field="reason"),
        rejected("actor-bidi", "the character could mislead a reader", [cancel | {"actor": {"kind": "application",
                 "id": "a\u202e"}}], "invalid_actor"),
        rejected("no-grant-yet", "the request has no grant yet", [act], "no_grant"),
        rejected("no-grant-rejected", "a rejected request has no grant", [reject, act], "no_grant"),
        rejected("other-price", "the act has another price", [ann, act | {"act": {"metaData": {"amount": "$2"}}}],
                 "content_mismatch", field="metaData.amount"),
        rejected("other-attachments", "the act has other attachments", [ann, act | {"act": {"metaData": {},
                 "attachments": [{"title": "t", "url": "https://x.org"}]}}], "content_mismatch", field="attachments"),
        rejected("unknown-in-act", "the act contains an unknown field", [ann,
                 act | {"act": {"metaData": {"amuont": "$1"}}}], "unknown_metadata"),
        rejected("consumed-twice", "the grant can be used only once", [ann, act, act], "grant_consumed"),
        rejected("grant-expired", "a grant cannot be used after it expires", [ann, act | {"at": NOW + 310}],
                 "grant_expired"),
        rejected("until-expiry-expired", "a grant cannot be used after it expires", [ann, act, act | {"at": NOW + 310}],
                 "grant_expired", until),
        rejected("grant-revoked", "a grant cannot be used after it is revoked", [ann, revoke, act], "grant_revoked"),
        rejected("revoked-twice", "a grant can be revoked only once", [ann, revoke, revoke], "grant_revoked"),
        rejected("revoke-consumed", "a consumed grant cannot be revoked", [ann, act, revoke | {"at": NOW + 21}],
                 "grant_consumed"),
    ]
    for case in cases:
        for step in case["given"]["steps"]:
            for name in [name for name, member in step.items() if member is ...]:
                del step[name]
    write("approvalRequest.play",
          "Opens a request and runs the steps in order. By default a step uses the directory of the opening and the "
          "content hash of the request. A step can give its own, or use no directory. A step with `fails` must fail "
          "with that code and change nothing. Every other step except the last must succeed. Result: the events, and "
          "the status of the request and of its grant one second after the last event.", cases)
    return approved


def administered(count):
    """Returns a stream of administrative changes: a template is created and then updated."""
    events, previous = [], None
    for number in range(count):
        body = {"type": "administered", "object": "template", "key": "REFUND",
                "action": "update" if number else "create", "after": {"templateVersion": number + 1}}
        if number:
            body["before"] = {"templateVersion": number}
        event = {"v": 1, "company": "Shop", "requestId": IDS[6], "sequence": number + 1, "at": NOW + number,
                 "actor": {"kind": "administrator", "id": "eve@example.com"}, "body": body}
        if previous:
            event["previous"] = previous
        previous = sha(event)
        events.append(canonical(event | {"hash": previous}))
    return events


def question_cases(two, approved):
    ann = {"do": "decide", "approver": "ann@example.com", "verdict": "approve", "at": NOW + 10, "id": IDS[1]}
    staged = opening(two, directory=PEOPLE)
    without = lambda email: {"people": [person for person in PEOPLE["people"] if person["email"] != email],
                             "groups": PEOPLE["groups"]}
    given = lambda approver, opened, steps, **more: {"opening": opened, "steps": steps, "approver": approver,
                                                     "now": NOW + 20} | more

    def may(identifier, why, approver, needs, opened=None, steps=(), **more):
        emails, groups = needs
        return good(identifier, why, given(approver, opened or opening(), list(steps), **more),
                    {"needs": {"emails": emails, "groups": groups}})

    def may_not(identifier, why, approver, error, opened=None, steps=(), **more):
        return bad(identifier, why, given(approver, opened or opening(), list(steps), **more), error)

    write("approvalRequest.mayDecide",
          "Opens a request and runs the steps (as in approvalRequest.play). Checks whether a person may decide at a "
          "time, with the directory of the opening, another directory or none. Result: the emails and groups that a "
          "directory must contain for this check.", [
              may("asked", "the template names this person", "ann@example.com", (["ann@example.com"], [])),
              may("spelled-otherwise", "another spelling is the same person", "ANN@example.com", (["ann@example.com"],
                  [])),
              may("no-directory", "no directory is needed if the request was opened with everyone", "ann@example.com",
                  (["ann@example.com"], []), withoutDirectory=True),
              may("second-stage", "the first stage is complete", "bob@example.com", (["bob@example.com"], ["ops"]),
                  staged, [ann]),
              may_not("not-asked", "the request does not ask this person", "bob@example.com", "not_eligible"),
              may_not("subject", "this person is the subject of the request", "kevin", "not_eligible"),
              may_not("too-early", "the first stage is not complete", "bob@example.com", "stage_not_open", staged),
              may_not("too-late-stage", "the person's stage is complete", "ann@example.com", "already_decided", staged,
                      [ann]),
              may_not("decided", "the request is approved", "ann@example.com", "request_final", None, [ann]),
              may_not("expired", "the request has expired", "ann@example.com", "request_expired", now=NOW + 900),
              may_not("left", "the person is no longer in the directory", "bob@example.com", "no_longer_eligible",
                      staged, [ann], directory=without("bob@example.com")),
              may_not("listed-needs-directory", "a listed person is looked up again", "ann@example.com",
                      "missing_member", opening(directory=PEOPLE), withoutDirectory=True),
              may_not("listed-not-everyone", "a directory of everyone cannot replace one that lists people",
                      "ann@example.com", "directory_mismatch", opening(directory=PEOPLE), directory=EVERYONE),
          ])
    events = approved().consumed(NOW + 20).events
    at = lambda identifier, why, now, status, grant=None: good(
        identifier, why, {"events": events, "now": NOW + now}, {"status": status} | ({"grant": grant} if grant else {}))
    write("approvalRequest.at",
          "Restores a request from the texts of its events, as it was at a time. Result: the status of the request and "
          "of its grant at that time.", [
              at("before", "a time before the opening shows the opened request", -5, "pending"),
              at("opened", "the second of the opening", 0, "pending"),
              at("undecided", "the second before the decision", 9, "pending"),
              at("decided", "the second of the decision", 10, "approved", "issued"),
              at("not-consumed", "the second before the grant is used", 19, "approved", "issued"),
              at("consumed", "the second in which the grant is used", 20, "approved", "consumed"),
              at("later", "the state does not change later", 100_000, "approved", "consumed"),
          ])


def event_cases(approved):
    events = approved().consumed(NOW + 20).events
    head = {"count": 3, "hash": json.loads(events[-1])["hash"]}
    other = Request({**opening(), "id": IDS[5]}, ANN).events

    def again(text, rehash=True, **changes):
        """Returns the event with changed members, and with a matching hash if `rehash` is true."""
        event = json.loads(text)
        event.update(changes)
        if rehash:
            del event["hash"]
            event["hash"] = sha(event)
        return canonical(event)

    def body(text, **changes):
        return again(text, body={name: value for name, value in (json.loads(text)["body"] | changes).items()
                                 if value is not ...})

    def forged(first=None, top=None, **changes):
        """Returns the first event with changed members, and with a matching content hash and hash."""
        event = json.loads(first or events[0]) | (top or {})
        new = {name: value for name, value in (event["body"] | changes).items() if value is not ...}
        new["contentHash"] = sha(content(event["company"], event["requestId"], new))
        event["body"] = new
        return [again(canonical(event))]

    def rejected(identifier, why, chain, error, **more):
        place = {name: more.pop(name) for name in ("field", "line", "column") if name in more}
        return bad(identifier, why, {"events": chain} | more, error, **place)

    cases = [
        good("whole", "no event is missing", {"events": events, "head": head}, {"count": 3, "complete": True}),
        good("unproven-end", "without a head the end is not proven", {"events": events[:2]}, {"count": 2,
             "complete": False}),
        rejected("cut-off", "the last event is missing", events[:2], "head_mismatch", head=head),
        rejected("missing", "an event is missing", [events[0], events[2]], "event_out_of_order"),
        rejected("missing-first", "the first event is missing", events[1:], "event_out_of_order"),
        rejected("reordered", "the order is changed", [events[0], events[2], events[1]], "event_out_of_order"),
        rejected("doubled", "an event occurs twice", [events[0], events[1], events[1]], "event_out_of_order"),
        rejected("none", "a request has at least one event", [], "no_events"),
        rejected("changed", "the price is changed", [events[0].replace("$1", "$2")] + events[1:], "event_altered"),
        rejected("changed-time", "the time is changed", [events[0], again(events[1], False, at=NOW + 11)],
                 "event_altered"),
        rejected("white-space", "the text is not the canonical form", [events[0] + " "], "event_not_canonical"),
        rejected("other-order", "the text is not the canonical form",
                 [canonical(dict(reversed(json.loads(events[0]) .items()))).replace('{"actor"', '{ "actor"')],
                 "event_not_canonical"),
        rejected("escaped", "the text is not the canonical form", [events[0].replace("kevin", "\\u006bevin")],
                 "event_not_canonical"),
        rejected("rehashed", "an event is changed, and its own hash matches", [again(events[0], at=NOW + 1), events[1]],
                 "event_unlinked"),
        rejected("first-with-previous", "there is no event before the first", [again(events[0], previous="0" * 64)],
                 "event_unlinked"),
        rejected("foreign", "the event belongs to another request", [events[0], again(other[0], sequence=2,
                 previous=json.loads(events[0])["hash"])], "event_foreign"),
        rejected("malformed-hash", "a hash has 64 digits", [again(events[0], False, hash="x")], "invalid_hash",
                 field="hash"),
        rejected("not-json", "an event must be JSON", ["event"], "malformed_json", line=1, column=1),
        rejected("too-deep", "the depth of nesting is limited", ["[" * 20], "too_deep"),
    ]
    cases += [
        good("administered", "administrative changes form their own chain", {"events": administered(3)},
             {"count": 3, "complete": False}),
        rejected("administered-missing", "an event is missing", administered(3)[::2], "event_out_of_order"),
        rejected("administered-changed", "the change is altered", [administered(1)[0].replace("REFUND", "PAYOUT")],
                 "event_altered"),
        rejected("administered-hidden", "a key must not contain hidden characters", [again(administered(1)[0],
                 body=json.loads(administered(1)[0])["body"] | {"key": "\u202e"})], "hidden_character", field="key"),
    ]
    write("events.verify",
          "Verifies the texts of a request's events, or of a company's administrative events, as a chain. The head, "
          "which is stored separately, is optional. Result: the number of events, and whether the end is proven.",
          cases)

    def impossible(identifier, why, chain, error="event_impossible"):
        return rejected(identifier, why, chain, error)

    stage = lambda **members: body(events[0], stages=[ANN[0] | members])
    claimed = Request({**opening(template(claims=["tier"], approvalData="$(amount) $(claim.tier) $(companyName) "
                       "$(requestId)")),
                       "origin": {"application": APP, "subject": "kevin", "claims": {"tier": "gold"}}},
                      ANN).events[0]
    values = json.loads(events[0])["body"]["metaData"]
    parts = json.loads(events[0])["body"]["parts"]
    part = lambda key, text, first=events[0]: [part | {"text": text} if part.get("key") == key else part
                                               for part in json.loads(first)["body"]["parts"]]
    many = lambda count: [{"required": 1, "eligible": eligible(*([f"a{n}@x.org"] for n in range(count)))}]
    restored = [
        good("head", "the events end at the head, which is stored separately", {"events": events, "head": head},
             {"status": "approved", "grant": "consumed", "events": 3}),
        rejected("head-cut-off", "the last event is missing", events[:2], "head_mismatch", head=head),
        rejected("head-behind", "there is one event more than in the head", events, "head_mismatch", head={"count": 2,
                 "hash": json.loads(events[1])["hash"]}),
        rejected("head-other", "the head has the same count and another hash", events, "head_mismatch",
                 head=head | {"hash": "0" * 64}),
        impossible("administered", "an administrative change is not an event of a request", administered(1)),
        impossible("administered-last", "an administrative change is not an event of a request", [events[0],
                   again(administered(1)[0], sequence=2, company=APP, requestId=json.loads(events[0])["requestId"],
                   previous=json.loads(events[0])["hash"])]),
        good("whole", "all events of the request", {"events": events}, {"status": "approved", "grant": "consumed",
             "events": 3}),
        good("first", "only the first event", {"events": events[:1]}, {"status": "pending", "events": 1}),
        impossible("no-stages", "a request needs at least one stage", [body(events[0], stages=[])]),
        impossible("too-few", "each stage needs enough approvers", [stage(required=2)]),
        impossible("subject-eligible", "the subject must not be eligible", [stage(eligible=eligible(["kevin"]))]),
        impossible("hidden-stage-name", "the name of a stage must not contain hidden characters",
                   [stage(name="\u202e")]),
        impossible("other-hash", "the content hash must match the content", [body(events[0], contentHash="0" * 64)]),
        impossible("other-title", "the content hash covers the title", [body(events[0],
                   titleParts=[{"text": "Refund $2?"}])]),
        impossible("hidden-title", "the approver reads the title", Request(opening(template(approvalTitle="T\u202e")),
                   ANN).events),
        *(impossible(f"forged-{name}", why, chain) for name, why, chain in [
            ("value-in-text", "the approver would read another amount", forged(parts=part("amount", "$2"))),
            ("value-in-title", "the approver would read another amount", forged(titleParts=[{"text": "Refund "},
             {"key": "amount", "text": "$2"}, {"text": "?"}])),
            ("value-behind-text", "the grant would be valid for another amount",
             forged(metaData=values | {"amount": "$2"})),
            ("subject-in-text", "the approver would read another subject", forged(parts=part("subject", "eve"))),
            ("subject-behind-text", "the grant would be valid for another subject", forged(subject="eve")),
            ("claim", "the auth token proved another claim", forged(claimed, parts=part("claim.tier", "iron",
             claimed))),
            ("request-id", "the approver would read another request id", forged(claimed, parts=part("requestId", IDS[3],
             claimed))),
            ("company-name", "a company name must not contain hidden characters", forged(claimed,
             parts=part("companyName", "a\u202e", claimed))),
            ("company-name-empty", "a company name needs a visible character", forged(claimed, parts=part("companyName",
             "", claimed))),
            ("two-company-names", "a request has one company name", forged(claimed, titleParts=[{"key": "companyName",
             "text": "Bank"}])),
            ("unknown-key", "the key of a part must be a field, a claim or a built-in name",
             forged(parts=[{"key": "amuont", "text": "$1"}, *parts])),
            ("key-with-bidi", "the key of a part must be a field, a claim or a built-in name",
             forged(parts=[{"key": "a\u202e", "text": "$1"}, *parts])),
            ("empty-words", "opening never creates an empty part of the template's text", forged(parts=[{"text": ""},
             *parts])),
            ("split-words", "opening never creates two parts of the template's text in a row",
             forged(parts=[{"text": "x"}, *parts])),
            ("merging", "a value must not merge with the text next to it", forged(parts=[{"text": "<"},
             {"key": "amount", "text": "\u0338"}], titleParts=[{"text": "T"}], metaData=values | {"amount": "\u0338"})),
            ("long-text", "a text has at most 64 KiB", forged(parts=[{"text": "x" * 65537}])),
            ("title-of-5000", "a title has at most 200 characters", forged(titleParts=[{"text": "x" * 5000}])),
            ("title-of-nothing", "a title needs a visible character", forged(titleParts=[])),
            ("text-of-nothing", "a text needs a visible character", forged(parts=[{"key": "note", "text": ""}])),
            ("line-in-title", "a title has one line", forged(titleParts=[{"key": "note", "text": "a\nb"}],
             parts=[{"text": "x"}], metaData=values | {"note": "a\nb"})),
            ("default-with-bidi", "a default must not contain hidden characters", forged(defaults={"amount": "\u202e",
             "note": ""})),
            ("long-value", "a value has at most 4 KiB", forged(metaData=values | {"note": "x" * 4097},
             parts=[{"text": "x"}])),
            ("long-default", "a default has at most 4 KiB", forged(defaults={"amount": "$1", "note": "x" * 4097})),
            ("field-named-subject", "a field must not have a built-in name",
             forged(metaData=values | {"subject": "eve"}, defaults={"amount": "$1", "note": "", "subject": ""})),
            ("claim-named-exp", "a template never shows a registered claim", forged(claims={"exp": "1"})),
            ("claim-with-line", "a claim has one line", forged(claims={"tier": "a\nb"})),
            ("subject-empty", "a subject is required", forged(subject="", parts=[{"text": "x"}])),
            ("subject-filler", "a subject needs a visible character", forged(subject="\u3164", parts=[{"text": "x"}])),
            ("application-empty", "an application is required", forged(application="",
             top={"actor": {"kind": "application", "id": ""}})),
            ("template-id-empty", "a template id is required", forged(templateId="")),
            ("template-id-with-space", "a template id must not contain spaces", forged(templateId="RE FUND")),
            ("company-empty", "a company is required", forged(top={"company": ""})),
            ("1001-approvers", "there are at most 1000 approvers", forged(stages=many(1001))),
            ("21-stages", "there are at most 20 stages",
             forged(stages=[many(n + 1)[0] | {"eligible": [{"email": f"b{n}@x.org"}]}
             for n in range(21)])),
            ("lookalikes", "two people must not count as the same person",
             forged(stages=[ANN[0] | {"eligible": eligible(["ann@fa\u00df.de"], ["ann@fass.de"])}])),
            ("twice-in-stages", "a person is in only one stage", forged(stages=[ANN[0], ANN[0]])),
            ("email", "an approver needs a valid email",
             forged(stages=[ANN[0] | {"eligible": eligible(["a\u3164@x.org"])}])),
            ("group-with-at", "a group key must not contain `@`",
             forged(stages=[ANN[0] | {"eligible": eligible(["ann@example.com", "a@b"])}])),
            ("grant-lives-a-year", "a grant lives for at most 30 days", forged(grantTtlSeconds=31536000)),
            ("expired-at-once", "a request expires after it is opened", forged(expiresAt=NOW)),
            ("grant-after-year-9999", "times are from year 1 to year 9999", forged(top={"at": 253_402_300_799 - 900},
             expiresAt=253_402_300_799)),
        ]),
        good("forged-by-nobody", "the helper that forges events changes nothing by itself", {"events": forged()},
             {"status": "pending", "events": 1}),
        *(rejected(f"forged-{name}", why, chain, error) for name, why, chain, error in [
            ("time-after-year-9999", "times are from year 1 to year 9999", forged(top={"at": 253_402_300_800}),
             "out_of_range"),
            ("time-before-year-1", "times are from year 1 to year 9999", forged(top={"at": -62_135_596_801}),
             "out_of_range"),
            ("expiry-after-year-9999", "times are from year 1 to year 9999", forged(expiresAt=253_402_300_800),
             "out_of_range"),
            ("field-with-space", "the key of a field must not contain spaces", forged(metaData=values | {"a b": ""},
             defaults={"amount": "$1", "note": "", "a b": ""}), "invalid_key"),
            ("people", "`people` is `everyone` or `listed`", forged(people="some"), "unknown_choice"),
            ("people-left-out", "`people` is required", forged(people=...), "missing_member"),
            ("device-null", "null is an error, although the member can be left out", forged(device=None), "wrong_type"),
            ("device-unshown", "opening leaves out values that cannot be shown",
             forged(device={"platform": "\u202e"}), "event_altered"),
            ("device-empty", "opening leaves out a device without values", forged(device={}), "event_altered")]),
        *(impossible(f"{name}-by-{who}",
                     "only the request's application, an administrator or the system with a reason may do this",
                     chain[:-1] + [again(chain[-1], actor=actor)])
          for name, chain in {"cancelled": Request(opening(), ANN).add(NOW + 5, {"kind": "application", "id": APP},
                     {"type": "cancelled"}).events, "revoked": approved().add(NOW + 15, {"kind": "application",
                     "id": APP}, {"type": "revoked", "grantId": IDS[1]}).events}.items()
          for who, actor in {"approver": {"kind": "approver", "id": "ann@example.com"},
                     "other-application": {"kind": "application", "id": "shop2"},
                     "system-without-reason": {"kind": "system", "id": "directory"}}.items()),
        impossible("expired-by-application", "only the system records an expiry", Request(opening(), ANN).add(NOW + 900,
                   {"kind": "application", "id": APP}, {"type": "expired"}).events),
        good("expired-by-another-part", "any part of the system can record an expiry", {"events": Request(opening(),
             ANN).add(NOW + 900, {"kind": "system", "id": "sweep"}, {"type": "expired"}).events}, {"status": "expired",
             "events": 2}),
        impossible("grant-id-of-request", "a grant needs its own id", [events[0], body(events[1], grant={"id": IDS[0],
                   "expiresAt": NOW + 310})]),
        impossible("grant-id-nil", "a grant needs its own id", [events[0], body(events[1], grant={
                   "id": "00000000-0000-0000-0000-000000000000", "expiresAt": NOW + 310})]),
        impossible("unseen-signature", "a signature needs a visible character", [events[0], body(events[1],
                   signature={"kind": "typed", "text": " "})]),
        impossible("decided-by-lookalike", "the approver's email must be the one in the snapshot",
                   [Request(opening(template(defaultApprovers=["ann@fa\u00df.de"])), [{"required": 1,
                   "eligible": eligible(["ann@fa\u00df.de"])}]) .decided(NOW + 10, "ann@fass.de",
                   grant=IDS[1]).events[n] for n in (0, 1)]),
        good("newer-characters", "an older library must read newer characters",
             {"events": forged(metaData=values | {"note": "\U0003fffd"}, parts=[{"key": "note",
             "text": "\U0003fffd"}])}, {"status": "pending", "events": 1}),
        impossible("hidden-value", "the approver reads the value", Request(opening(meta={"note": "\u200b"}),
                   ANN).events),
        impossible("hidden-subject", "the approver reads the subject", Request(opening(subject="k\u2066"), ANN).events),
        impossible("other-defaults", "each field needs a default", [body(events[0], defaults={})]),
        impossible("never-expires", "a request lives for at most 30 days", [body(events[0], expiresAt=NOW + 2592001)]),
        impossible("by-someone-else", "the actor must be the application", [again(events[0], actor={"kind": "approver",
                   "id": "ann@example.com"})]),
        impossible("decided-by-someone-else", "the actor must be the approver", [events[0], again(events[1], actor={
                   "kind": "approver", "id": "bob@example.com"})]),
        impossible("not-eligible", "the request does not ask this person", [events[0], body(again(events[1],
                   actor={"kind": "approver", "id": "bob@example.com"}), approver="bob@example.com")]),
        impossible("grant-not-due", "a rejection gives no grant", [events[0], body(events[1], verdict="reject")]),
        impossible("grant-missing", "the last approval gives a grant", [events[0], body(events[1], grant=...)]),
        impossible("grant-lives-longer", "the lifetime of the grant comes from the template", [events[0],
                   body(events[1], grant={"id": IDS[1], "expiresAt": NOW + 999})]),
        impossible("backwards", "the time of an event is never before that of the last event", [events[0],
                   again(events[1], at=NOW - 1)]),
        impossible("late", "nothing is approved after the request expires", [events[0], again(body(events[1],
                   grant={"id": IDS[1], "expiresAt": NOW + 1200}), at=NOW + 900)]),
        impossible("hidden-comment", "the character could mislead a reader", [events[0], body(events[1],
                   comment="\u202e")]),
        impossible("other-grant", "the grant id is not that of the request's grant", events[:2] + [body(events[2],
                   grantId=IDS[7])]),
        impossible("expired-too-early", "an expiry has the time at which the request expires", [events[0],
                   again(events[1], actor={"kind": "system", "id": "clock"}, body={"type": "expired"})]),
        rejected("altered", "every changed byte is detected", [events[0].replace("kevin", "keven")], "event_altered"),
        rejected("unknown-event", "unknown events are rejected", [again(events[0], body={"type": "opened"})],
                 "unknown_choice"),
        rejected("unknown-member", "unknown members are rejected", [body(events[0], extra=1)], "unknown_member"),
        rejected("many-fields", "a request has at most 64 fields", [body(events[0],
                 metaData={f"k{n}": "" for n in range(65)})], "too_many_fields"),
    ]
    write("approvalRequest.restore",
          "Restores a request from the texts of its events. The head, which is stored separately, is optional. Result: "
          "the number of events, and the status of the request and of its grant one second after the last event.",
          restored)


def request_body():
    path = FOLDER / "requestBody.parse.json"
    old = json.loads(path.read_text(encoding="utf-8"))
    cases = [case for case in old["cases"] if case["id"] not in ("too-large", "too-deep", "null-approvers")] + [
        bad("null-approvers", "null is an error, although the member can be left out",
            {"text": '{"templateId": "T", "approvers": null}'}, "wrong_type", field="approvers"),
        bad("too-large", "a body has at most 1 MiB", {"repeat": "x", "times": 1048577}, "too_large"),
        bad("too-deep", "a body has at most 64 levels of nesting", {"repeat": "[", "times": 65}, "too_deep", line=1,
            column=65),
    ]
    write("requestBody.parse", old["about"], cases)


def text_plain():
    write("text.plain", "Converts a text to one that an application can send: corrects line ends, spaces and invisible "
          "characters. The result is accepted as a value of several lines, and a second pass does not change it.",
          [good(identifier, why, {"text": text}, {"text": plain}) for identifier, why, text, plain in PLAIN])


def text_identity():
    twins = [("Steve@NL3.com", "steve@nl3.com"), ("Jose\u0301@x.org", "jos\u00e9@X.org"),
             ("STRASSE@x.org", "stra\u00dfe@x.org"),
             ("ann\u200d@x.org", "ann@x.org"), ("kevin\u3164", " kevin\u00a0"), ("\ufb01n@x.org", "fin@x.org"),
             ("\u03bf\u03b4\u03bf\u03c2", "\u039f\u0394\u039f\u03a3")]
    cases = [good(f"twins-{number}", "the names belong to one person", {"names": names}, {"same": True})
             for number, names in enumerate(twins)]
    others = [("jose@x.org", "jos\u00e9@x.org"), ("ann@x.org", "ann@x.com"), ("a b", "ab")]
    cases += [good(f"others-{number}", "the names belong to two people", {"names": names}, {"same": False})
              for number, names in enumerate(others)]
    write("identity.same",
          "Compares two names. Result: whether they belong to the same person, which means that their keys are equal.",
          cases)


if __name__ == "__main__":
    text_plain()
    text_identity()
    template_parse()
    template_render()
    two = open_cases()
    approved = play_cases(two)
    question_cases(two, approved)
    event_cases(approved)
    request_body()
