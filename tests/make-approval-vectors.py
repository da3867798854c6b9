#!/usr/bin/env python3
"""Writes the vectors of templates and approval requests: what an approver sees, content hashes, events. All that is
expected of a success is made here, by a second implementation that shares no code with the one under test; a refusal
is expected by its code. Run by hand when cases are added; the files are what the tests read.

    python3 tests/make-approval-vectors.py

Long file: nearly all of it is cases, a line or two each.
"""

import hashlib
import json
import re
from pathlib import Path

FOLDER = Path(__file__).parent / "vectors"
NOW = 1_700_000_000
IDS = [f"018bcfe5-6800-7000-8000-{n:012d}" for n in range(10)]
APP = "https://shop.example.com"


def canonical(value):
    """RFC 8785, as far as it is needed: our keys are ASCII, our numbers integers within 2^53."""
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


PEOPLE = {"people": [{"email": "ann@example.com", "aliases": ["ann-1"]}, {"email": "bob@example.com"},
                     {"email": "cy@example.com"}, {"email": "gone@example.com", "active": False}],
          "groups": {"ops": ["bob@example.com", "cy@example.com"], "empty": []}}


# --- The second implementation: success only ---------------------------------------------------------------------

def text_of(value):
    return {True: "true", False: "false"}.get(value) if isinstance(value, bool) else str(value)


def fill(pattern, value):
    """The parts of a text, merged where two of the template's own words meet."""
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
    host = re.sub(r"[/?#].*", "", origin["application"].split("://")[-1])
    built_in = {"companyName": origin.get("companyName", host), "subject": origin["subject"], "requestId": identifier}
    claims = {name: text_of(origin["claims"][name]) for name in record.get("claims", [])}

    def value(key):
        return claims[key[6:]] if key.startswith("claim.") else (built_in | values)[key]

    parts = fill(record["approvalData"], value)
    title = "".join(part["text"] for part in fill(record["approvalTitle"], value))
    return title, parts, values, defaults, claims


class Request:
    """Makes the events of a request, without a doubt about any of them."""

    def __init__(self, given, stages):
        record, body, origin = given["template"], given["body"], given["origin"]
        identifier = given["id"]
        title, parts, values, defaults, claims = render(record, body.get("metaData", {}), origin, identifier)
        company = origin.get("company", origin["application"])
        shared = {"application": origin["application"], "subject": origin["subject"], "claims": claims,
                  "templateId": record["approvalKey"], "templateVersion": record.get("templateVersion", 1),
                  "approvalType": record["approvalType"], "title": title, "metaData": values,
                  "attachments": body.get("attachments", [])}
        text = "".join(part["text"] for part in parts)
        self.hash = sha(shared | {"v": 1, "company": company, "requestId": identifier, "text": text})
        self.company, self.id, self.events, self.previous = company, identifier, [], None
        self.ttl = record.get("grantTtlSeconds", 300)
        expires = given["now"] + body.get("expiresInSeconds", record.get("requestTtlSeconds", 900))
        self.expires = expires
        self.application = {"kind": "application", "id": origin["application"]}
        self.add(given["now"], self.application, {
            "type": "requested", "contentHash": self.hash, "parts": parts, "defaults": defaults, "expiresAt": expires,
            "grantTtlSeconds": self.ttl, "grantUse": record.get("grantUse", "once"),
            "allowSelfApproval": record.get("allowSelfApproval", False), "stages": stages} | shared)

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
    def refused(identifier, why, record, error, **place):
        return bad(identifier, why, {"template": record}, error, **place)

    def taken(identifier, why, record):
        return good(identifier, why, {"template": record},
                    {"key": record["approvalKey"], "version": record.get("templateVersion", 1),
                     "fields": [row["key"] for row in record.get("metadata", [])]})

    data = lambda text: template(approvalData=text)
    stage = lambda **members: {"approvers": ["ann@example.com"]} | members
    no_defaults = {"defaultApprovers": ..., "defaultApproverGroups": ...}
    cases = [
        taken("least", "what the published form asks for", template()),
        taken("all", "every member", template(
            templateVersion=7, defaultApprovers=..., claims=["tier"], requestTtlSeconds=60, grantTtlSeconds=60,
            grantUse="untilExpiry", allowSelfApproval=True, approverOverride="none",
            stages=[stage(name="first", requiredApprovals=1), stage(approverGroups=["ops"])],
            metadata=[{"key": "amount", "type": "number", "min": "0", "max": 10.5, "defaultValue": 1, "required": True},
                      {"key": "note", "multiline": True, "maxLength": 10, "pattern": "[a-z\n]*", "oneOf": ["a", "b"]}],
            approvalTitle="T")),
        taken("override-any-without-defaults", "the request names them", template(**no_defaults)),
        taken("lone-dollars", "a lone $ is itself", data("$ $5 $$ $x ${subject} $$(amount)")),
        taken("escapes", "a backslash takes a placeholder's meaning", data(r"\$(x) \${y} \\ \n")),
        taken("comment-in-pattern", "a mode of the pattern's own", field(pattern="(?x)[a-z] # lower case")),
        refused("unknown-placeholder", "the nearest key is told", data("one\n two $(amuont)"), "unknown_placeholder",
                field="approvalData", line=2, column=6),
        refused("unknown-claim", "a claim has to be listed", data("$(claim.tier)"), "unknown_placeholder"),
        refused("unknown-in-title", "in the title, too", template(approvalTitle="$(x)"), "unknown_placeholder",
                field="approvalTitle", line=1, column=1),
        refused("case-matters", "keys are case-sensitive", data("$(Amount)"), "unknown_placeholder"),
        refused("unclosed", "a bracket is closed", data("é $(amount"), "malformed_placeholder", line=1, column=3),
        refused("wrong-bracket", "by its own kind", data("${amount)"), "malformed_placeholder"),
        refused("empty-placeholder", "with a key in it", data("$()"), "malformed_placeholder"),
        refused("space-in-placeholder", "and no space", data("$( amount )"), "malformed_placeholder"),
        refused("double-backslash", "an escaped backslash escapes nothing", data(r"\\$(x)"), "unknown_placeholder"),
        refused("duplicate-field", "a key is declared once", template(metadata=[{"key": "amount"}, {"key": "note"},
                {"key": "amount"}]), "duplicate_field", field="metadata[2].key"),
        refused("invalid-key", "a key's grammar", template(metadata=[{"key": "1st"}]), "invalid_key"),
        refused("long-key", "up to 64 characters", template(metadata=[{"key": "k" * 65}]), "invalid_key"),
        refused("reserved-key", "what is built in can't be declared", template(metadata=[{"key": "subject"}]),
                "reserved_key", field="metadata[0].key"),
        refused("registered-claim", "no claim of the application's own", template(claims=["sub"]), "reserved_key"),
        refused("duplicate-claim", "listed once", template(claims=["a", "a"]), "duplicate_field"),
        refused("unknown-type", "one of two", template(approvalType="sign"), "unknown_choice", field="approvalType"),
        refused("unknown-grant-use", "one of two", template(grantUse="twice"), "unknown_choice"),
        refused("empty-title", "something to read", template(approvalTitle=""), "empty_text", field="approvalTitle"),
        refused("long-title", "200 characters", template(approvalTitle="é" * 201), "text_too_long"),
        refused("long-text", "64 KiB", data("x" * 65537), "text_too_long", field="approvalData"),
        refused("too-many-fields", "64 fields", template(metadata=[{"key": f"k{n}"} for n in range(65)]),
                "too_many_fields"),
        refused("bidi-in-text", "the template misleads nobody either", data("pay \u202eevil"), "template_character",
                line=1, column=5),
        refused("line-in-title", "a title is one line", template(approvalTitle="a\nb"), "template_character"),
        refused("multiline-in-title", "whatever fills it", template(metadata=[{"key": "amount", "multiline": True},
                {"key": "note"}]), "multiline_in_title", field="approvalTitle"),
        refused("invalid-pattern", "a regular expression", field(pattern="(a"), "invalid_pattern",
                field="metadata[0].pattern"),
        refused("pattern-escapes-anchor", "a whole one by itself", field(pattern="a)|(b"), "invalid_pattern"),
        refused("pattern-blows-up", "of bounded size", field(pattern="((a{1000}){1000}){1000}"), "invalid_pattern"),
        refused("min-on-text", "a text has no least", field(min=1), "misplaced_constraint", field="metadata[0].min"),
        refused("pattern-on-boolean", "two values need none", field(type="boolean", pattern="t"),
                "misplaced_constraint"),
        refused("invalid-bound", "a decimal number", field(type="number", min="1e3"), "invalid_bound"),
        refused("crossed-bounds", "something lies between", field(type="number", min=9, max=1), "invalid_bound"),
        refused("default-breaks-rule", "a default is a value", field(type="number", defaultValue="x"), "not_a_number",
                field="metadata[0].defaultValue"),
        refused("choice-breaks-rule", "a choice can be chosen", field(type="number", oneOf=["x"]), "not_a_number",
                field="metadata[0].oneOf[0]"),
        refused("stages-and-defaults", "stages name their own", template(stages=[stage()]), "conflicting_approvers",
                field="defaultApprovers"),
        refused("stages-and-required", "stages count their own", template(defaultApprovers=..., requiredApprovals=2,
                stages=[stage()]), "conflicting_approvers", field="requiredApprovals"),
        refused("nobody", "someone has to approve", template(**no_defaults, approverOverride="defaults"),
                "no_approvers"),
        refused("nobody-in-stage", "in each stage", template(defaultApprovers=..., stages=[stage(approvers=[])]),
                "no_approvers", field="stages[0].approvers"),
        refused("invalid-email", "an email", template(defaultApprovers=["ann"]), "invalid_email",
                field="defaultApprovers[0]"),
        refused("joiner-in-email", "no twin of another", template(defaultApprovers=["ann\u200d@example.com"]),
                "invalid_email"),
        refused("invalid-group", "a name that can be shown", template(defaultApproverGroups=["o\u202eps"]),
                "invalid_group", field="defaultApproverGroups[0]"),
        refused("required-zero", "at least one", template(requiredApprovals=0), "out_of_range"),
        refused("ttl-too-long", "30 days", template(requestTtlSeconds=2592001), "out_of_range"),
        refused("misspelt-member", "the nearest is told", template(aprovalKey="X"), "unknown_member",
                field="aprovalKey"),
        refused("missing-key", "it has a key", template(approvalKey=...), "missing_member", field="approvalKey"),
        refused("number-for-name", "a name is text", template(templateName=1), "wrong_type", field="templateName"),
    ]
    write("template.parse", "A template's record, checked: its key, version and fields.", cases)


def template_render():
    origin = {"application": APP, "subject": "kevin"}
    old = json.loads((FOLDER / "template.render.json").read_text(encoding="utf-8"))["cases"]
    published = [case for case in old if case["id"].startswith("published")]

    def taken(identifier, why, record, meta, **more):
        given = {"template": record, "metaData": meta} | origin | {"requestId": IDS[0]} | more
        title, parts, *_ = render(record, meta, {"claims": {}} | given, IDS[0])
        return good(identifier, why, given, {"title": title, "text": "".join(part["text"] for part in parts),
                                             "parts": parts})

    def refused(identifier, why, record, meta, error, **more):
        place = {name: more.pop(name) for name in ("field", "line", "column") if name in more}
        return bad(identifier, why, {"template": record, "metaData": meta} | origin | {"requestId": IDS[0]} | more,
                   error, **place)

    value = lambda text: {"f": text}
    number = field(type="number", min="-1.5", max="10")
    hidden = {"nul": "\0", "tab": "\t", "bidi": "\u202e", "isolate": "\u2066", "zero-width-space": "\u200b",
              "byte-order-mark": "\ufeff", "line-separator": "\u2028", "paragraph-separator": "\u2029",
              "soft-hyphen": "\u00ad", "tag": "\U000e0041", "next-line": "\u0085"}
    cases = published + [
        taken("defaults", "a value left out has its default", template(), {}),
        taken("single-pass", "a value is never looked into", field(), value("$(f) ${subject} $1,654 \\$(x)")),
        taken("escapes", "escapes mean the characters", template(approvalData=r"\$(amount) \\ \x $(amount)$ $$"), {}),
        taken("built-in", "what every template has", template(
            approvalData="$(companyName) $(subject) $(requestId)"), {}),
        taken("company-name", "as the host knows it", template(approvalData="$(companyName)"), {}, companyName="Shop Ltd"),
        taken("claims", "a listed claim of the auth token", template(
            approvalData="$(claim.tier) $(claim.n) $(claim.ok)", claims=["tier", "n", "ok"]), {},
            claims={"tier": "gold", "n": 7, "ok": True}),
        taken("boolean-and-integer", "what JSON has for them", field(), value(True)),
        taken("integer", "its digits", field(), value(-9007199254740991)),
        taken("number-as-sent", "compared as a decimal, shown as sent", number, value("1.50")),
        taken("number-at-bound", "the bounds themselves", number, value("-1.5")),
        taken("number-equal-to-bound", "by value", number, value("10.000")),
        taken("joiners", "scripts and emoji need them", field(), value("\U0001f469\u200d\U0001f4bb \u0915\u094d\u200c\u0937")),
        taken("not-normalised", "no normalisation", field(), value("e\u0301 \u00e9")),
        taken("multiline", "where it is allowed", field(multiline=True), value("one\ntwo")),
        taken("pattern", "the whole value", field(pattern="a|ab"), value("ab")),
        taken("one-of", "a choice", field(oneOf=["x", "y"]), value("y")),
        taken("empty-value", "an empty text is a text", field(defaultValue="x"), value("")),
        taken("longest-value", "4 KiB", field(), value("x" * 4096)),
        refused("unknown-key", "the nearest is told", template(), {"amuont": "1"}, "unknown_metadata",
                field="metaData.amuont"),
        refused("required", "it needs a value", field(required=True), {}, "missing_metadata", field="metaData.f"),
        refused("required-empty", "and not an empty one", field(required=True, defaultValue="x"), value(""),
                "missing_metadata"),
        refused("float", "no fractions", field(), value(1.5), "metadata_type"),
        refused("large-integer", "within 2^53", field(), value(9007199254740992), "metadata_type"),
        refused("null", "no null", field(), value(None), "metadata_type"),
        refused("array", "no arrays", field(), value(["x"]), "metadata_type"),
        refused("too-long", "4 KiB", field(), value("x" * 4097), "value_too_long"),
        refused("line-feed", "one line unless allowed", field(), value("one\ntwo"), "hidden_character", line=1, column=4),
        refused("carriage-return", "never", field(multiline=True), value("one\r\ntwo"), "hidden_character"),
        *(refused(f"hidden-{name}", "could mislead who reads it", field(multiline=True), value(f"a{character}b"),
                  "hidden_character") for name, character in hidden.items()),
        refused("hidden-in-subject", "the subject is shown", field(), {}, "hidden_character", subject="k\u202e"),
        refused("hidden-in-claim", "claims are shown", template(claims=["c"]), {}, "hidden_character",
                claims={"c": "\u202e"}),
        refused("absent-claim", "what is shown has to be there", template(claims=["c"]), {}, "absent_claim", claims={}),
        *(refused(f"number-{text or 'empty'}", "one form only", field(type="number"), value(text), "not_a_number")
          for text in ("", "01", "1.", ".5", "1e3", "+1", " 1", "1,5", "0x1", "\u0661", "NaN")),
        refused("boolean-yes", "true or false", field(type="boolean"), value("yes"), "not_a_boolean"),
        refused("not-one-of", "a choice", field(oneOf=["x", "y"]), value("X"), "not_one_of"),
        refused("one-of-empty", "nothing is no choice", field(oneOf=["x"], defaultValue="x"), value(""), "not_one_of"),
        refused("pattern-part", "the whole value", field(pattern="[a-z]+"), value("abc1"), "pattern_mismatch"),
        refused("pattern-line-end", "to its very end", field(pattern="[a-z]+", multiline=True), value("abc\n"),
                "pattern_mismatch"),
        refused("below", "less than the least", number, value("-1.51"), "below_minimum"),
        refused("above", "more than the greatest", number, value("10.0000001"), "above_maximum"),
        refused("too-many-characters", "characters, not bytes", field(maxLength=2), value("\u00e9\u00e9\u00e9"),
                "too_many_characters"),
        refused("rendered-title", "the title as it is filled", template(), {"amount": "x" * 200}, "rendered_too_long",
                field="title"),
        refused("rendered-text", "the text as it is filled", template(approvalTitle="T", approvalData="$(note)" * 20,
                metadata=[{"key": "note"}]), {"note": "x" * 4096}, "rendered_too_long", field="text"),
    ]
    write("template.render", "A template filled with metadata for an application and subject: title, text and parts as "
          "the approver sees them.", cases)


def opening(record=None, meta=None, subject="kevin", directory=None, **body):
    record = record or template()
    given = {"template": record, "body": {"templateId": "REFUND", "metaData": meta or {}} | body,
             "origin": {"application": APP, "subject": subject}, "now": NOW, "id": IDS[0]}
    return given | ({"directory": directory} if directory else {})


def eligible(*people):
    return [{"email": email} | ({"group": group[0]} if group else {}) for email, *group in people]


ANN = [{"required": 1, "eligible": eligible(["ann@example.com"])}]


def open_cases():
    def taken(identifier, why, given, stages=None):
        request = Request(given, stages or ANN)
        return good(identifier, why, given, {"event": request.events[0], "contentHash": request.hash})

    def refused(identifier, why, given, error, **place):
        return bad(identifier, why, given, error, **place)

    two = template(defaultApprovers=..., stages=[
        {"name": "first", "approvers": ["ann@example.com", "bob@example.com"]},
        {"name": "last", "approverGroups": ["ops"], "requiredApprovals": 2}])
    picture = {"title": "Invoice", "url": "https://shop.example.com/i/1"}
    groups = template(defaultApproverGroups=["ops"])
    defaults = groups | {"approverOverride": "defaults"}
    cases = [
        taken("least", "the defaults", opening()),
        taken("everything", "all that the content hash covers", {
            **opening(template(claims=["tier"], approvalData="$(amount) $(claim.tier)", templateVersion=3,
                      approvalType="signAndApprove"), {"amount": "$1,654"}, attachments=[picture], expiresInSeconds=60),
            "origin": {"application": APP, "subject": "kevin", "company": "acme", "companyName": "Shop",
                       "claims": {"tier": "gold", "other": "not shown"}}}),
        taken("group", "its members, and why", opening(groups, directory=PEOPLE), [
            {"required": 1, "eligible": eligible(["ann@example.com"], ["bob@example.com", "ops"],
             ["cy@example.com", "ops"])}]),
        taken("request-names-them", "instead of the defaults", opening(groups, directory=PEOPLE,
              approvers=["cy@example.com"]), [{"required": 1, "eligible": eligible(["cy@example.com"])}]),
        taken("request-names-default-of-group", "a member of a default group, by that group",
              opening(defaults, directory=PEOPLE, approvers=["bob@example.com"]),
              [{"required": 1, "eligible": eligible(["bob@example.com", "ops"])}]),
        taken("case-twins", "one person", opening(approvers=["Ann@Example.com", "ANN@example.com"]),
              [{"required": 1, "eligible": eligible(["Ann@Example.com"])}]),
        taken("normal-form-twins", "one person", opening(approvers=["jos\u00e9@x.org", "jose\u0301@x.org"]),
              [{"required": 1, "eligible": eligible(["jos\u00e9@x.org"])}]),
        taken("last-stage-only", "a person named in several stages decides in the last", opening(two, directory=PEOPLE), [
            {"name": "first", "required": 1, "eligible": eligible(["ann@example.com"])},
            {"name": "last", "required": 2, "eligible": eligible(["bob@example.com", "ops"], ["cy@example.com", "ops"])}]),
        taken("subject-barred", "nobody approves for themselves", opening(groups, directory=PEOPLE,
              subject="BOB@example.com"), [{"required": 1, "eligible": eligible(["ann@example.com"],
              ["cy@example.com", "ops"])}]),
        taken("subject-allowed", "unless the template says so", opening(groups | {"allowSelfApproval": True},
              directory=PEOPLE, subject="bob@example.com"), [{"required": 1, "eligible": eligible(["ann@example.com"],
              ["bob@example.com", "ops"], ["cy@example.com", "ops"])}]),
        taken("inactive-left-out", "who is not active decides nothing", opening(template(
              defaultApprovers=["gone@example.com", "ann@example.com"]), directory=PEOPLE)),
        refused("other-template", "the one that was asked for", {**opening(), "body": {"templateId": "OTHER"}},
                "template_mismatch", field="templateId"),
        refused("unknown-approver", "nobody has that email", opening(directory=PEOPLE, approvers=["eve@example.com"]),
                "unknown_approver"),
        refused("nobody-known", "a directory that knows nobody", opening(directory={"people": []}), "unknown_approver",
                field="defaultApprovers"),
        refused("unknown-group", "there is no such group", opening(directory=PEOPLE, approvers=["cfo"]), "unknown_group"),
        refused("no-email", "an @ makes an email", opening(approvers=["@"]), "invalid_email", field="approvers[0]"),
        refused("override-none", "the template says who", opening(groups | {"approverOverride": "none"},
                directory=PEOPLE, approvers=["ann@example.com"]), "approvers_not_allowed", field="approvers[0]"),
        refused("override-defaults", "a subset of the defaults", opening(template(approverOverride="defaults"),
                approvers=["eve@example.com"]), "approvers_not_allowed"),
        refused("override-defaults-group", "groups, too", opening(template(approverOverride="defaults"),
                directory=PEOPLE, approvers=["ops"]), "approvers_not_allowed"),
        refused("approvers-with-stages", "never ignored", opening(two, directory=PEOPLE, approvers=["ann@example.com"]),
                "conflicting_approvers", field="approvers"),
        refused("too-few", "never a stuck request", opening(template(requiredApprovals=2)), "too_few_approvers"),
        refused("too-few-after-subject", "the subject does not count", opening(subject="ann@example.com"),
                "too_few_approvers"),
        refused("subject-by-alias", "nor by another name", opening(subject="ANN-1", directory=PEOPLE),
                "too_few_approvers"),
        refused("empty-group", "nobody is in it", opening(directory=PEOPLE, approvers=["empty"]), "too_few_approvers"),
        refused("expires-later", "only shorter", opening(expiresInSeconds=901), "out_of_range",
                field="expiresInSeconds"),
        refused("attachment-url", "nothing but https", opening(attachments=[picture | {"url": "javascript:x"}]),
                "invalid_attachment", field="attachments[0]"),
        refused("attachment-title", "shown to the approver", opening(attachments=[picture | {"title": "\u202e"}]),
                "invalid_attachment"),
        refused("attachments", "20 of them", opening(attachments=[picture] * 21), "too_many"),
        refused("approvers", "1000 of them", opening(approvers=[f"a{n}@x.org" for n in range(1001)]), "too_many"),
        refused("nobody-says-whether-active", "no person is active by a null", opening(directory={"people": [
                {"email": "ann@example.com", "active": None}]}), "wrong_type", field="people[0].active"),
        refused("duplicate-person", "a person stands once in a directory", opening(directory={"people": [
                {"email": "Ann@example.com", "active": False}, {"email": "ann@example.com"}]}), "duplicate_person"),
        refused("id", "a UUID", {**opening(), "id": "1"}, "invalid_id"),
        refused("subject-missing", "someone asks", opening(subject=""), "missing_metadata"),
    ]
    write("approvalRequest.open", "A request opened by a template and a body, for an origin, with a directory (the empty "
          "one unless given), at a time under an id: its first event and content hash.", cases)
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
    staged = opening(two, directory=PEOPLE)
    until = opening(template(grantUse="untilExpiry"))
    without = lambda email: {"people": [person for person in PEOPLE["people"] if person["email"] != email],
                             "groups": PEOPLE["groups"]}

    def taken(identifier, why, given, steps, request, status, grant=None):
        expected = {"status": status, "events": request.events} | ({"grant": grant} if grant else {})
        return good(identifier, why, {"opening": given, "steps": steps}, expected)

    def refused(identifier, why, steps, error, given=None, **place):
        return bad(identifier, why, {"opening": given or opening(), "steps": steps}, error, **place)

    def new(given=None, stages=None):
        return Request(given or opening(), stages or ANN)

    ops = [{"required": 1, "eligible": eligible(["bob@example.com", "ops"], ["cy@example.com", "ops"])}]
    both = [{"name": "first", "required": 1, "eligible": eligible(["ann@example.com"])},
            {"name": "last", "required": 2, "eligible": eligible(["bob@example.com", "ops"], ["cy@example.com", "ops"])}]
    approved = lambda: new().decided(NOW + 10, "ann@example.com", grant=IDS[1])
    cases = [
        taken("approved", "one approval is enough", opening(), [ann], approved(), "approved", "issued"),
        taken("approved-with-comment", "and why", opening(), [ann | {"comment": "fine"}],
              new().decided(NOW + 10, "ann@example.com", grant=IDS[1], comment="fine"), "approved", "issued"),
        taken("approver-in-capitals", "the email as the snapshot has it", opening(), [ann | {"approver": "ANN@EXAMPLE.COM"}],
              approved(), "approved", "issued"),
        taken("rejected", "one rejection rejects", opening(), [reject],
              new().decided(NOW + 10, "ann@example.com", "reject"), "rejected"),
        taken("repeated", "word for word, the first stands", opening(), [ann, ann | {"at": NOW + 11}], approved(),
              "approved", "issued"),
        taken("signed", "a signature to approve", sign, [ann | {"signature": "Ann \u03a9"}],
              new(sign).decided(NOW + 10, "ann@example.com", grant=IDS[1], signature="Ann \u03a9"), "approved", "issued"),
        taken("rejected-unsigned", "none to reject", sign, [reject | {"signature": " "}],
              new(sign).decided(NOW + 10, "ann@example.com", "reject"), "rejected"),
        taken("staged", "each stage its number of people, in order", staged, [ann, bob, cy | {"id": IDS[2]}],
              new(staged, both).decided(NOW + 10, "ann@example.com").decided(NOW + 10, "bob@example.com", stage=1)
              .decided(NOW + 10, "cy@example.com", stage=1, grant=IDS[2]), "approved", "issued"),
        taken("half-way", "a stage is not the whole", staged, [ann, bob], new(staged, both)
              .decided(NOW + 10, "ann@example.com").decided(NOW + 10, "bob@example.com", stage=1), "pending"),
        taken("rejected-in-stage", "one rejection in any stage", staged, [ann, bob | {"verdict": "reject"}],
              new(staged, both).decided(NOW + 10, "ann@example.com").decided(NOW + 10, "bob@example.com", "reject", 1),
              "rejected"),
        taken("last-second", "until it expires", opening(), [ann | {"at": NOW + 899}],
              new().decided(NOW + 899, "ann@example.com", grant=IDS[1]), "approved", "issued"),
        taken("cancelled", "withdrawn", opening(), [cancel], new().add(NOW + 5, {"kind": "application", "id": APP},
              {"type": "cancelled", "reason": "sold out"}), "cancelled"),
        taken("expired", "dated when it expired", opening(), [expire], new().add(NOW + 900, {"kind": "system",
              "id": "clock"}, {"type": "expired"}), "expired"),
        taken("consumed", "with the defaults filled in", opening(), [ann, act], approved().consumed(NOW + 20),
              "approved", "consumed"),
        taken("consumed-with-values", "the act spelt out", opening(), [ann, act | {"act": {"metaData":
              {"amount": "$1", "note": ""}}}], approved().consumed(NOW + 20), "approved", "consumed"),
        taken("consumed-at-last-second", "until the grant expires", opening(), [ann, act | {"at": NOW + 309}],
              approved().consumed(NOW + 309), "approved", "consumed"),
        taken("until-expiry", "each consume recorded", until, [ann, act, act], new(until)
              .decided(NOW + 10, "ann@example.com", grant=IDS[1]).consumed(NOW + 20).consumed(NOW + 20),
              "approved", "issued"),
        taken("revoked", "taken back", opening(), [ann, revoke], approved().add(NOW + 15, {"kind": "administrator",
              "id": "eve@example.com"}, {"type": "revoked", "grantId": IDS[1]}), "approved", "revoked"),
        taken("clock-set-back", "time never runs backwards", opening(), [ann, act | {"at": NOW}],
              approved().consumed(NOW + 10), "approved", "consumed"),
        taken("others-still-in-group", "who left does not matter to the rest", grouped, [cy | {"directory":
              without("bob@example.com")}], new(grouped, ops).decided(NOW + 10, "cy@example.com", grant=IDS[1]),
              "approved", "issued"),
        refused("not-eligible", "nobody asked them", [bob], "not_eligible", field="approver"),
        refused("added-later", "additions never count", [ann | {"approver": "new@example.com", "directory": {"people": [
                {"email": "new@example.com"}], "groups": {"ops": ["new@example.com"]}}}], "not_eligible", grouped),
        refused("no-longer-active", "removals count at once", [bob | {"directory": without("bob@example.com")}],
                "no_longer_eligible", grouped),
        refused("no-longer-in-group", "removals count at once", [bob | {"directory": PEOPLE | {"groups":
                {"ops": ["cy@example.com"]}}}], "no_longer_eligible", grouped),
        refused("left-default-group", "also who was named out of a group", [bob | {"directory": PEOPLE | {"groups":
                {"ops": []}}}], "no_longer_eligible", opening(template(defaultApproverGroups=["ops"],
                approverOverride="defaults"), directory=PEOPLE, approvers=["bob@example.com"])),
        refused("nobody-left", "a directory that knows nobody", [ann | {"directory": {"people": []}}],
                "no_longer_eligible"),
        refused("alias-given-later", "the subject is barred at decision, too", [ann | {"directory": {"people": [
                {"email": "ann@example.com", "aliases": ["KEVIN"]}]}}], "self_approval"),
        refused("stage-not-open", "its turn has not come", [bob], "stage_not_open", staged),
        refused("decided-twice", "decisions don't change", [ann, reject], "already_decided", staged),
        refused("decided-twice-otherwise", "word for word", [ann, ann | {"comment": "x"}], "already_decided"),
        refused("final-rejected", "final states never change", [bob | {"verdict": "reject"}, cy], "request_final", grouped),
        refused("final-cancelled", "final states never change", [cancel, ann], "request_final"),
        refused("cancel-approved", "final states never change", [ann, cancel | {"at": NOW + 11}], "request_final"),
        refused("expired-unnoticed", "whether or not anyone noticed", [ann | {"at": NOW + 900}], "request_expired"),
        refused("expired-noticed", "final states never change", [expire, ann], "request_expired"),
        refused("cancel-expired", "final states never change", [cancel | {"at": NOW + 900}], "request_expired"),
        refused("other-content", "what they saw", [ann | {"contentHash": "0" * 64}], "content_mismatch",
                field="contentHash"),
        refused("unsigned", "a signature to approve", [ann], "signature_required", sign, field="signature"),
        refused("blank-signature", "something to be seen", [ann | {"signature": "\u3164 \u200d"}], "signature_required",
                sign),
        refused("signature-bidi", "could mislead", [ann | {"signature": "Ann\u202e"}], "signature_character", sign),
        refused("signature-long", "200 characters", [ann | {"signature": "x" * 201}], "signature_too_long", sign),
        refused("comment-line", "one line", [ann | {"comment": "a\nb"}], "comment_character", field="comment"),
        refused("comment-long", "4 KiB", [ann | {"comment": "x" * 4097}], "comment_too_long"),
        refused("reason-bidi", "could mislead", [cancel | {"reason": "\u202e"}], "invalid_reason", field="reason"),
        refused("actor-bidi", "could mislead", [cancel | {"actor": {"kind": "application", "id": "a\u202e"}}],
                "invalid_actor"),
        refused("no-grant-yet", "nothing to consume", [act], "no_grant"),
        refused("no-grant-rejected", "nothing to consume", [reject, act], "no_grant"),
        refused("other-price", "another act", [ann, act | {"act": {"metaData": {"amount": "$2"}}}], "content_mismatch",
                field="metaData.amount"),
        refused("other-attachments", "another act", [ann, act | {"act": {"metaData": {}, "attachments": [
                {"title": "t", "url": "https://x.org"}]}}], "content_mismatch", field="attachments"),
        refused("unknown-in-act", "no field", [ann, act | {"act": {"metaData": {"amuont": "$1"}}}], "unknown_metadata"),
        refused("consumed-twice", "once", [ann, act, act], "grant_consumed"),
        refused("grant-expired", "never after expiry", [ann, act | {"at": NOW + 310}], "grant_expired"),
        refused("until-expiry-expired", "never after expiry", [ann, act, act | {"at": NOW + 310}], "grant_expired", until),
        refused("grant-revoked", "never after revocation", [ann, revoke, act], "grant_revoked"),
        refused("revoked-twice", "once", [ann, revoke, revoke], "grant_revoked"),
        refused("revoke-consumed", "too late", [ann, act, revoke | {"at": NOW + 21}], "grant_consumed"),
    ]
    write("approvalRequest.play", "A request opened and then told each step in turn (the directory is the opening's unless "
          "a step has its own, the content hash the request's own): its status and grant a second after the last step, "
          "and its events. Every step but the last succeeds.", cases)
    return approved


def event_cases(approved):
    events = approved().consumed(NOW + 20).events
    head = {"count": 3, "hash": json.loads(events[-1])["hash"]}
    other = Request({**opening(), "id": IDS[5]}, ANN).events

    def again(text, rehash=True, **changes):
        """The event with another member, and a hash that fits it."""
        event = json.loads(text)
        event.update(changes)
        if rehash:
            del event["hash"]
            event["hash"] = sha(event)
        return canonical(event)

    def body(text, **changes):
        return again(text, body={name: value for name, value in (json.loads(text)["body"] | changes).items()
                                 if value is not ...})

    def refused(identifier, why, chain, error, **more):
        place = {name: more.pop(name) for name in ("field", "line", "column") if name in more}
        return bad(identifier, why, {"events": chain} | more, error, **place)

    cases = [
        good("whole", "nothing is missing", {"events": events, "head": head}, {"count": 3, "complete": True}),
        good("unproven-end", "without a head the end is unproven", {"events": events[:2]}, {"count": 2,
             "complete": False}),
        refused("cut-off", "an event is missing at the end", events[:2], "head_mismatch", head=head),
        refused("missing", "an event is missing", [events[0], events[2]], "event_out_of_order"),
        refused("missing-first", "the first is missing", events[1:], "event_out_of_order"),
        refused("reordered", "in another order", [events[0], events[2], events[1]], "event_out_of_order"),
        refused("doubled", "twice", [events[0], events[1], events[1]], "event_out_of_order"),
        refused("none", "a request has its first", [], "no_events"),
        refused("changed", "another price", [events[0].replace("$1", "$2")] + events[1:], "event_altered"),
        refused("changed-time", "another time", [events[0], again(events[1], False, at=NOW + 11)], "event_altered"),
        refused("white-space", "any changed byte", [events[0] + " "], "event_altered"),
        refused("rehashed", "changed with its own hash", [again(events[0], at=NOW + 1), events[1]], "event_unlinked"),
        refused("first-with-previous", "nothing comes before the first", [again(events[0], previous="0" * 64)],
                "event_unlinked"),
        refused("foreign", "an event of another request", [events[0], again(other[0], sequence=2,
                previous=json.loads(events[0])["hash"])], "event_foreign"),
        refused("malformed-hash", "64 digits", [again(events[0], False, hash="x")], "invalid_hash", field="hash"),
        refused("not-json", "an event is JSON", ["event"], "malformed_json", line=1, column=1),
        refused("too-deep", "nesting is bounded", ["[" * 20], "too_deep"),
    ]
    write("events.verify", "The texts of a request's events, verified as a chain, perhaps up to a head that was kept "
          "apart: how many there are, and whether the end is proven.", cases)

    def impossible(identifier, why, chain, error="event_impossible"):
        return refused(identifier, why, chain, error)

    stage = lambda **members: body(events[0], stages=[ANN[0] | members])
    restored = [
        good("whole", "as it was left", {"events": events}, {"status": "approved", "grant": "consumed", "events": 3}),
        good("first", "as it was opened", {"events": events[:1]}, {"status": "pending", "events": 1}),
        impossible("no-stages", "someone decides", [body(events[0], stages=[])]),
        impossible("too-few", "each stage can be met", [stage(required=2)]),
        impossible("subject-eligible", "the subject is barred", [stage(eligible=eligible(["kevin"]))]),
        impossible("hidden-stage-name", "a name can be shown", [stage(name="\u202e")]),
        impossible("other-hash", "the hash of the content", [body(events[0], contentHash="0" * 64)]),
        impossible("other-title", "what the hash covers", [body(events[0], title="Refund $2?")]),
        impossible("hidden-title", "what an approver reads", Request(opening(template(approvalTitle="T\u202e")), ANN).events),
        impossible("hidden-value", "what an approver reads", Request(opening(meta={"note": "\u200b"}), ANN).events),
        impossible("hidden-subject", "what an approver reads", Request(opening(subject="k\u2066"), ANN).events),
        impossible("other-defaults", "a default for each field", [body(events[0], defaults={})]),
        impossible("never-expires", "30 days", [body(events[0], expiresAt=NOW + 2592001)]),
        impossible("by-someone-else", "the application asked", [again(events[0], actor={"kind": "approver",
                   "id": "ann@example.com"})]),
        impossible("decided-by-someone-else", "the approver decided", [events[0], again(events[1], actor={
                   "kind": "approver", "id": "bob@example.com"})]),
        impossible("not-eligible", "nobody asked them", [events[0], body(again(events[1], actor={"kind": "approver",
                   "id": "bob@example.com"}), approver="bob@example.com")]),
        impossible("grant-not-due", "a rejection gives none", [events[0], body(events[1], verdict="reject")]),
        impossible("grant-missing", "an approval gives one", [events[0], body(events[1], grant=...)]),
        impossible("grant-lives-longer", "as the template says", [events[0], body(events[1], grant={"id": IDS[1],
                   "expiresAt": NOW + 999})]),
        impossible("backwards", "time never runs backwards", [events[0], again(events[1], at=NOW - 1)]),
        impossible("late", "nothing is approved after expiry", [events[0], again(body(events[1], grant={"id": IDS[1],
                   "expiresAt": NOW + 1200}), at=NOW + 900)]),
        impossible("hidden-comment", "could mislead", [events[0], body(events[1], comment="\u202e")]),
        impossible("other-grant", "its own grant", events[:2] + [body(events[2], grantId=IDS[7])]),
        impossible("expired-too-early", "when it expires", [events[0], again(events[1], actor={"kind": "system",
                   "id": "clock"}, body={"type": "expired"})]),
        refused("altered", "any changed byte", [events[0].replace("kevin", "keven")], "event_altered"),
        refused("unknown-event", "known ones only", [again(events[0], body={"type": "opened"})], "unknown_choice"),
        refused("unknown-member", "known ones only", [body(events[0], extra=1)], "unknown_member"),
        refused("many-fields", "as many as a template has", [body(events[0], metaData={f"k{n}": "" for n in range(65)})],
                "too_many_fields"),
    ]
    write("approvalRequest.restore", "A request made of the texts of its events: its status and grant a second after the "
          "last, and how many there are.", restored)


def request_body():
    path = FOLDER / "requestBody.parse.json"
    old = json.loads(path.read_text(encoding="utf-8"))
    cases = [case for case in old["cases"] if case["id"] not in ("too-large", "too-deep")] + [
        bad("too-large", "1 MiB of text", {"repeat": "x", "times": 1048577}, "too_large"),
        bad("too-deep", "64 levels", {"repeat": "[", "times": 65}, "too_deep", line=1, column=65),
    ]
    write("requestBody.parse", old["about"], cases)


if __name__ == "__main__":
    template_parse()
    template_render()
    event_cases(play_cases(open_cases()))
    request_body()
