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

from text_samples import ACCEPTED, LANGUAGES, PLAIN, REJECTED

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


def person(email, active=True, **more):
    return {"email": email, "active": active} | more


PEOPLE = {"people": [person("ann@example.com", aliases=["ann-1"]), person("bob@example.com"),
                     person("cy@example.com"), person("gone@example.com", False)],
          "groups": {"ops": ["bob@example.com", "cy@example.com"], "empty": []}}
EVERYONE = {"people": "everyone"}


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
    """What the content hash is taken of, from the body of a request's first event."""
    names = ["application", "subject", "claims", "templateId", "templateVersion", "approvalType", "metaData", "attachments"]
    return {name: body[name] for name in names} | {"v": 1, "company": company, "requestId": identifier,
            "title": joined(body["titleParts"]), "text": joined(body["parts"])}


class Request:
    """Makes the events of a request, without a doubt about any of them."""

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
        *(refused(f"email-{name}", "an email", template(defaultApprovers=[email]), "invalid_email",
                  field="defaultApprovers[0]") for name, email in {
            "no-at": "ann", "two-ats": "ann@x@y.org", "no-local": "@x.org", "no-domain": "ann@", "dot-at-end": "ann@x.org.",
            "dot-first": "ann@.org", "empty-label": "ann@x..org", "space": "a nn@x.org", "no-break-space": "ann@x.org\u00a0",
            "comma": "a,b@x.org", "angle": "<ann@x.org>", "colon": "ann:x@x.org", "semicolon": "ann@x.org;",
            "quote": '"ann"@x.org', "filler": "ann\u3164@x.org", "selector": "1\ufe0f@x.org", "private": "a\ue000@x.org",
            "braille-blank": "ann@x.org\u2800", "grapheme-joiner": "ann\u034f@x.org"}.items()),
        taken("emails", "free where domains differ", template(defaultApprovers=["o'brien@x.org", "a..b@docomo.ne.jp",
              "root@localhost", "jos\u00e9@b\u00fccher.example", "x+y=z/w@x.org"])),
        *(refused(f"one-of-{name}", "a choice", field(oneOf=choices), error, field="metadata[0].oneOf")
          for name, choices, error in [("none", [], "empty_text"), ("null", None, "wrong_type")]),
        *(refused(f"null-{name}", "null is never left out", template(**{name: None}), "wrong_type", field=name)
          for name in ["templateVersion", "metadata", "stages", "claims", "requestTtlSeconds", "grantUse",
                       "allowSelfApproval", "defaultApprovers", "applications"]),
        refused("one-of-many", "1000 of them", field(oneOf=[f"c{n}" for n in range(1001)]), "too_many",
                field="metadata[0].oneOf"),
        taken("one-of-most", "1000 of them", field(oneOf=[f"c{n}" for n in range(1000)])),
        refused("patterns-share-a-budget", "4 MiB compiled, all together", template(metadata=[{"key": "amount"},
                {"key": "note"}] + [{"key": f"p{n}", "pattern": "\\w{1,30}"} for n in range(4)]), "invalid_pattern"),
        refused("null-default", "null is never left out", field(defaultValue=None), "metadata_type",
                field="metadata[0].defaultValue"),
        refused("applications-none", "leave it out for any", template(applications=[]), "empty_text",
                field="applications"),
        refused("applications-unseen", "an identifier", template(applications=["shop", " "]), "empty_text"),
        taken("applications", "those that may use it", template(applications=["shop", APP])),
        refused("key-with-space", "a key has none", template(approvalKey="RE FUND"), "template_character",
                field="approvalKey"),
        refused("key-with-joiner", "no twin of another", template(approvalKey="RE\u200dFUND"), "template_character"),
        refused("name-with-spaces", "never two in a row", template(templateName="A  B"), "template_character"),
        refused("name-ends-in-space", "none at its end", template(templateName="A "), "template_character"),
        refused("title-of-spaces", "something to read", template(approvalTitle=" \u3000"), "empty_text",
                field="approvalTitle"),
        refused("text-of-marks", "something to read", data("\u0301"), "empty_text", field="approvalData"),
        refused("joiner-in-email", "no twin of another", template(defaultApprovers=["ann\u200d@example.com"]),
                "invalid_email"),
        *(refused(f"group-{name}", "a key", template(defaultApproverGroups=[group]), "invalid_group",
                  field="defaultApproverGroups[0]") for name, group in {"bidi": "o\u202eps", "at": "ops@x", "empty": "",
                  "space": "o ps", "joiner": "o\u200dps", "long": "x" * 201}.items()),
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
    for case in published:
        given, ok = case["given"], case["expect"]["ok"]
        title, *_ = render(given["template"], given["metaData"], {"claims": {}} | given, given.get("requestId"))
        ok["titleParts"] = title

    def taken(identifier, why, record, meta, **more):
        given = {"template": record, "metaData": meta} | origin | {"requestId": IDS[0]} | more
        title, parts, *_ = render(record, meta, {"claims": {}} | given, IDS[0])
        return good(identifier, why, given, {"title": joined(title), "titleParts": title, "text": joined(parts),
                                             "parts": parts})

    def refused(identifier, why, record, meta, error, **more):
        place = {name: more.pop(name) for name in ("field", "line", "column") if name in more}
        return bad(identifier, why, {"template": record, "metaData": meta} | origin | {"requestId": IDS[0]} | more,
                   error, **place)

    value = lambda text: {"f": text}
    number = field(type="number", min="-1.5", max="10")
    two = template(approvalTitle="T", approvalData="D $(f)$(g)", metadata=[{"key": "f"}, {"key": "g"}])
    beside = lambda before, after="": field() | {"approvalData": f"D{before}$(f){after}"}
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
        *(taken(f"language-{name}", "every script is shown as it is written", field(), value(text))
          for name, text in LANGUAGES.items()),
        *(taken(f"text-{name}", why, field(), value(text)) for name, why, text in ACCEPTED),
        *(refused(f"hidden-{name}", why, field(multiline=True), value(text), "hidden_character", field="metaData.f")
          for name, why, text in REJECTED),
        refused("required-spaces", "something to see", field(required=True), value(" \u3000"), "missing_metadata"),
        refused("empty-title", "a title shows something", template(approvalTitle="$(note)"), {}, "missing_metadata",
                field="title"),
        refused("empty-text", "a text shows something", template(approvalData="$(note)"), {}, "missing_metadata",
                field="text"),
        refused("merges-before", "U+0338 makes \u226e of a <", beside("<"), value("\u0338b"), "merging_value",
                field="metaData.f"),
        refused("merges-behind", "the template's words are not the value's", beside(" ", "\u0301x"), value("e"),
                "merging_value", field="metaData.f"),
        refused("merges-hangul", "a final joins the syllable before it", beside("\ud558"), value("\u11ab"),
                "merging_value"),
        refused("merges-skin-tone", "a skin tone colours the emoji before it", beside("\U0001f44d"),
                value("\U0001f3fd"), "merging_value"),
        refused("merges-flag", "two letters make a flag", beside("\U0001f1e9"), value("\U0001f1ea"), "merging_value"),
        refused("merges-conjunct", "a virama joins the letter behind it", beside(" ", "\u0937"), value("\u0915\u094d"),
                "merging_value"),
        refused("merges-values", "two values stand apart, too", two, {"f": "e", "g": "\u0301"}, "merging_value",
                field="metaData.g"),
        refused("merges-around-nothing", "an empty value holds nothing apart", beside("e", "\u0301"), value(""),
                "merging_value", field="metaData.f"),
        refused("merges-in-title", "in the title, too", template(approvalTitle="<$(amount)"), {"amount": "\u0338"},
                "merging_value"),
        taken("flags-side-by-side", "whole flags stand apart", beside("\U0001f1e9\U0001f1ea", "\U0001f1eb\U0001f1f7"),
              value("\U0001f1ea\U0001f1f8")),
        taken("right-to-left", "digits and letters are parts, so that a page can isolate each", beside(" 12 ", " 34"),
              value("\u05e9\u05dc\u05d5\u05dd 56")),
        *(taken(f"host-{name}", "the host that every client finds", template(approvalData="$(companyName)"), {},
                application=application) for name, application in {
                "of-url": "https://Shop.Example.com:8443/path?x#y", "of-none": "shop",
                "foreign-in-query": "evil.com/?u=https://good.com", "backslash": "https://evil.com\\.good.com",
                "user-info": "https://good.com@evil.com", "percent": "https://good.com%2eevil.com"}.items()),
        *(refused(f"hidden-in-subject-{name}", "the subject is shown", field(), {}, "hidden_character", subject=subject)
          for name, subject in {"bidi": "k\u202e", "filler": "kevin\u3164", "space-before": " kevin",
                                "space-behind": "kevin\u00a0", "two-spaces": "kevin  x"}.items()),
        refused("subject-of-nothing", "someone asks", field(), {}, "missing_metadata", subject="\u0301"),
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


def opening(record=None, meta=None, subject="kevin", directory=EVERYONE, device=None, **body):
    record = record or template()
    origin = {"application": APP, "subject": subject} | ({"device": device} if device else {})
    return {"template": record, "body": {"templateId": "REFUND", "metaData": meta or {}} | body, "origin": origin,
            "directory": directory, "now": NOW, "id": IDS[0]}


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
        *(refused(f"directory-{name}", why, opening(directory=directory), error, field=place)
          for name, why, directory, error, place in [
            ("active-null", "no person is active by a null", {"people": [person("ann@example.com", None)]}, "wrong_type",
             "people[0].active"),
            ("active-missing", "nor by being listed", {"people": [{"email": "ann@example.com"}]}, "missing_member",
             "people[0].active"),
            ("people-missing", "leaving them out never means everyone", {"groups": {}}, "missing_member", "people"),
            ("people-null", "nor does null", {"people": None}, "wrong_type", "people"),
            ("people-other-text", "one text means everyone", {"people": "all"}, "wrong_type", "people"),
            ("groups-null", "null is never left out", EVERYONE | {"groups": None}, "wrong_type", "groups"),
            ("aliases-null", "null is never left out", {"people": [person("ann@example.com", aliases=None)]},
             "wrong_type", "people[0].aliases"),
            ("group-with-at", "an @ makes an email", EVERYONE | {"groups": {"ops@x": []}}, "invalid_group", "groups"),
            ("twice", "a person is listed once", {"people": [person("Ann@example.com", False),
             person("ann@example.com")]}, "duplicate_person", "people"),
            ("lookalikes", "two who can be taken for one", {"people": [person("ann@fa\u00df.de"),
             person("ann@fass.de")]}, "ambiguous_person", "people"),
            ("alias-of-two", "an alias is one person's", {"people": [person("ann@example.com", aliases=["a"]),
             person("bob@example.com", aliases=["A"])]}, "alias_taken", "people"),
            ("alias-is-email", "and nobody else's email", {"people": [person("ann@example.com", aliases=["bob@example.com"]),
             person("bob@example.com")]}, "alias_taken", "people")]),
        bad("directory-left-out", "leaving it out never means everyone",
            {name: member for name, member in opening().items() if name != "directory"}, "missing_member",
            field="directory") | {"scope": "optional arguments"},
        taken("alias-repeated", "one's own names may be repeated", opening(directory={"people": [
              person("ann@example.com", aliases=["a", "A", "ann@example.com"])]})),
        taken("everyone-with-groups", "groups of those who stand for themselves", opening(template(
              defaultApprovers=..., defaultApproverGroups=["ops"]), directory=EVERYONE | {"groups": {"ops": [
              "ann@example.com"]}}), [{"required": 1, "eligible": eligible(["ann@example.com", "ops"])}]),
        refused("lookalikes-in-stage", "two who can be taken for one", opening(approvers=["ann@fa\u00df.de",
                "ann@fass.de"]), "ambiguous_person"),
        taken("lookalikes-in-stages", "who can be taken for another decides in the last stage only", opening(template(
              defaultApprovers=..., stages=[{"approvers": ["ann@fa\u00df.de", "bob@example.com"]},
              {"approvers": ["ann@fass.de"]}])), [{"required": 1, "eligible": eligible(["bob@example.com"])},
              {"required": 1, "eligible": eligible(["ann@fass.de"])}]),
        refused("lookalike-of-subject", "the subject is barred, whoever they can be taken for",
                opening(template(defaultApprovers=["ann@fa\u00df.de"]), subject="ANN@FASS.DE"), "too_few_approvers"),
        refused("unknown-lookalike", "another domain is another person", opening(directory={"people": [
                person("ann@fass.de")]}, approvers=["ann@fa\u00df.de"]), "unknown_approver"),
        refused("template-id-null", "null is never left out", opening(templateId=None), "wrong_type", field="templateId"),
        refused("expires-null", "null is never left out", opening(expiresInSeconds=None), "wrong_type",
                field="expiresInSeconds"),
        refused("value-null", "null is never left out", opening(meta={"amount": None}), "metadata_type",
                field="metaData.amount"),
        refused("before-year-1", "a time that calendars have", {**opening(), "now": -62_135_596_801}, "out_of_range",
                field="now"),
        refused("after-year-9999", "a time that calendars have", {**opening(), "now": 253_402_300_800}, "out_of_range",
                field="now"),
        taken("device", "as the application reported it", opening(device={"userAgent": "Mozilla/5.0", "brands":
              '"Chromium";v="148"', "platform": "Linux", "location": {"lat": 52.5, "lon": -13}})),
        refused("device-of-nowhere", "a place on Earth", opening(device={"location": {"lat": 91, "lon": 0}}),
                "out_of_range", field="device.location.lat"),
        refused("device-null", "null is never left out", opening(device={"platform": None}), "wrong_type",
                field="device.platform"),
        good("device-unshown", "what can't be shown is left out", opening(device={"userAgent": "a\u202e",
             "platform": "x" * 513}), {"event": Request(opening(), ANN).events[0],
             "contentHash": Request(opening(), ANN).hash}),
        taken("application-listed", "the template names it", opening(template(applications=["other", APP]))),
        refused("application-not-listed", "the template does not name it", opening(template(applications=["other"])),
                "application_not_allowed", field="application"),
        *(taken(f"url-{name}", "a well-formed host", opening(attachments=[picture | {"url": url}]))
          for name, url in {"port": "https://x.org:8443", "address": "https://127.0.0.1/a", "query": "https://x.org?a[]=1",
                            "ipv6": "https://[::1]/", "punycode": "https://xn--bcher-kva.example/", "upper": "https://X.org"}
          .items()),
        *(refused(f"url-{name}", "nothing that clients read in two ways", opening(attachments=[picture | {"url": url}]),
                  "invalid_attachment", field="attachments[0]")
          for name, url in {"no-host": "https://", "no-host-but-path": "https:///x", "user": "https://good.com@evil.com/",
                            "backslash": "https://evil.com\\.good.com/", "empty-label": "https://a..b/",
                            "dot-at-end": "https://x.org./", "space": "https://x.org/a b", "quote": 'https://x.org/"',
                            "angle": "https://x.org/<", "caret": "https://x.org/^", "brace": "https://x.org/{}",
                            "bar": "https://x.org/|", "backtick": "https://x.org/`", "letters": "https://b\u00fccher.example",
                            "hex-address": "https://0x7f.1/", "large-port": "https://x.org:99999/", "http": "http://x.org/",
                            "percent": "https://x%2eorg/"}.items()),
        refused("id", "a UUID", {**opening(), "id": "1"}, "invalid_id"),
        refused("subject-missing", "someone asks", opening(subject=""), "missing_metadata"),
    ]
    write("approvalRequest.open", "A request opened by a template and a body, for an origin, with a directory, at a time "
          "under an id: its first event and content hash.", cases)
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
        taken("rejected-unsigned", "none to reject", sign, [reject],
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
                person("new@example.com")], "groups": {"ops": ["new@example.com"]}}}], "not_eligible", grouped),
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
                person("ann@example.com", aliases=["KEVIN"])]}}], "self_approval"),
        refused("other-domain", "whose domain it is decides who", [ann | {"approver": "ann@fass.de"}], "not_eligible",
                other_domain, field="approver"),
        taken("own-domain", "in any case and normal form", other_domain, [ann | {"approver": "ANN@FA\u00df.de"}],
              new(other_domain, [{"required": 1, "eligible": eligible(["ann@fa\u00df.de"])}])
              .decided(NOW + 10, "ann@fa\u00df.de", grant=IDS[1]), "approved", "issued"),
        taken("without-directory", "everyone needs none", opening(), [ann | {"withoutDirectory": True}], approved(),
              "approved", "issued"),
        refused("listed-without-directory", "who was listed is asked again", [ann | {"withoutDirectory": True}],
                "missing_member", listed, field="directory"),
        refused("listed-then-everyone", "everyone knows nobody's state", [ann | {"directory": EVERYONE}],
                "directory_mismatch", listed, field="directory"),
        refused("group-without-directory", "a group's members are asked again", [bob | {"withoutDirectory": True}],
                "missing_member", opening(template(defaultApprovers=..., defaultApproverGroups=["ops"]),
                directory=EVERYONE | {"groups": {"ops": ["bob@example.com"]}}), field="directory"),
        taken("failed-changes-nothing", "also not the expiry", opening(), [ann | {"at": NOW + 900,
              "fails": "request_expired"}, cancel | {"at": NOW + 901, "fails": "request_expired"},
              act | {"at": NOW + 902, "fails": "no_grant"}], new(), "pending"),
        taken("expired-by-hand", "expiring records it", opening(), [ann | {"at": NOW + 900, "fails": "request_expired"},
              expire], new().add(NOW + 900, {"kind": "system", "id": "clock"}, {"type": "expired"}), "expired"),
        taken("comment-lines", "a comment may have several lines", opening(), [ann | {"comment": "one\ntwo"}],
              new().decided(NOW + 10, "ann@example.com", grant=IDS[1], comment="one\ntwo"), "approved", "issued"),
        taken("cancelled-by-system", "with a reason", opening(), [cancel | {"actor": system}], new().add(NOW + 5, system,
              {"type": "cancelled", "reason": "sold out"}), "cancelled"),
        *(refused(f"{name}-by-{who}", "its own application, an administrator, the system with a reason",
                  steps[:-1] + [steps[-1] | change], "actor_not_allowed", field="actor")
          for name, steps in cases_of.items() for who, change in {
              "approver": {"actor": {"kind": "approver", "id": "ann@example.com"}},
              "other-application": {"actor": {"kind": "application", "id": "shop2"}},
              "system-without-reason": {"actor": system, "reason": ...},
              "system-with-unseen-reason": {"actor": system, "reason": " "}}.items()),
        refused("grant-id-nil", "an id of its own", [ann | {"id": "00000000-0000-0000-0000-000000000000"}],
                "invalid_grant_id", field="id"),
        refused("grant-id-of-request", "an id of its own", [ann | {"id": IDS[0]}], "invalid_grant_id", field="id"),
        refused("late-time", "a time that calendars have", [ann, act | {"at": 253_402_300_800}], "out_of_range",
                field="now"),
        refused("stage-not-open", "its turn has not come", [bob], "stage_not_open", staged),
        refused("decided-twice", "decisions don't change", [ann, reject], "already_decided", staged),
        refused("decided-twice-otherwise", "word for word", [ann, ann | {"comment": "x"}], "already_decided"),
        refused("final-rejected", "final states never change", [bob | {"verdict": "reject"}, cy], "request_final", grouped),
        refused("final-cancelled", "final states never change", [cancel, ann], "request_final"),
        refused("cancel-approved", "final states never change", [ann, cancel | {"at": NOW + 11}], "request_final"),
        refused("expired-unnoticed", "whether or not anyone noticed", [ann | {"at": NOW + 900}], "request_expired"),
        refused("expired-noticed", "final states never change", [expire, ann], "request_expired"),
        refused("cancel-expired", "final states never change", [cancel | {"at": NOW + 900}], "request_expired"),
        refused("malformed-hash", "64 digits", [ann | {"contentHash": "0" * 63}], "invalid_hash"),
        refused("other-content", "what they saw", [ann | {"contentHash": "0" * 64}], "content_mismatch",
                field="contentHash"),
        refused("unsigned", "a signature to approve", [ann], "signature_required", sign, field="signature"),
        refused("blank-signature", "something to be seen", [ann | {"signature": "\u3164 \u200d"}], "signature_required",
                sign),
        refused("blank-signature-rejecting", "something to be seen", [reject | {"signature": " "}],
                "signature_required", sign),
        refused("signature-unneeded-blank", "never left out", [ann | {"signature": ""}], "signature_required"),
        refused("signature-spaces", "a name", [ann | {"signature": " Ann"}], "signature_character", sign),
        refused("signature-bidi", "could mislead", [ann | {"signature": "Ann\u202e"}], "signature_character", sign),
        refused("signature-long", "200 characters", [ann | {"signature": "x" * 201}], "signature_too_long", sign),
        refused("comment-bidi", "could mislead", [ann | {"comment": "a\u202eb"}], "comment_character", field="comment"),
        refused("reason-line", "one line", [cancel | {"reason": "a\nb"}], "invalid_reason", field="reason"),
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
    for case in cases:
        for step in case["given"]["steps"]:
            for name in [name for name, member in step.items() if member is ...]:
                del step[name]
    write("approvalRequest.play", "A request opened and then told each step in turn (the directory is the opening's unless "
          "a step has its own or is without one, the content hash the request's own): its status and grant a second after "
          "the last event, and its events. A step that `fails` fails with that code and changes nothing; every other "
          "step but the last succeeds.", cases)
    return approved


def administered(count):
    """A stream of administrative changes: a template that is made, and changed."""
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

    write("approvalRequest.mayDecide", "A request opened and told these steps (as in approvalRequest.play): whether this "
          "person may decide at this time by the opening's directory, or another one, or none; and whom a directory has to "
          "know for that.", [
              may("asked", "whom the template names", "ann@example.com", (["ann@example.com"], [])),
              may("spelled-otherwise", "the same person", "ANN@example.com", (["ann@example.com"], [])),
              may("no-directory", "named themselves, and everyone is known", "ann@example.com", (["ann@example.com"], []),
                  withoutDirectory=True),
              may("second-stage", "once the first is complete", "bob@example.com", (["bob@example.com"], ["ops"]), staged,
                  [ann]),
              may_not("not-asked", "someone else", "bob@example.com", "not_eligible"),
              may_not("subject", "for whom it is asked", "kevin", "not_eligible"),
              may_not("too-early", "the first stage is not complete", "bob@example.com", "stage_not_open", staged),
              may_not("too-late-stage", "the stage is complete", "ann@example.com", "already_decided", staged, [ann]),
              may_not("decided", "and that was all", "ann@example.com", "request_final", None, [ann]),
              may_not("expired", "nobody decides any more", "ann@example.com", "request_expired", now=NOW + 900),
              may_not("left", "no longer in the directory", "bob@example.com", "no_longer_eligible", staged, [ann],
                      directory=without("bob@example.com")),
              may_not("listed-needs-directory", "people that were listed are looked up again", "ann@example.com",
                      "missing_member", opening(directory=PEOPLE), withoutDirectory=True),
              may_not("listed-not-everyone", "no weaker directory", "ann@example.com", "directory_mismatch",
                      opening(directory=PEOPLE), directory=EVERYONE),
          ])
    events = approved().consumed(NOW + 20).events
    at = lambda identifier, why, now, status, grant=None: good(
        identifier, why, {"events": events, "now": NOW + now}, {"status": status} | ({"grant": grant} if grant else {}))
    write("approvalRequest.at", "A request made of the texts of its events, as it was at a time: status and grant.", [
              at("before", "as it was opened", -5, "pending"),
              at("opened", "as it was opened", 0, "pending"),
              at("undecided", "the second before", 9, "pending"),
              at("decided", "the second itself", 10, "approved", "issued"),
              at("not-consumed", "the second before", 19, "approved", "issued"),
              at("consumed", "the second itself", 20, "approved", "consumed"),
              at("later", "and so it stays", 100_000, "approved", "consumed"),
          ])


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

    def forged(first=None, top=None, **changes):
        """The first event with other members, and hashes of content and event that fit them."""
        event = json.loads(first or events[0]) | (top or {})
        new = {name: value for name, value in (event["body"] | changes).items() if value is not ...}
        new["contentHash"] = sha(content(event["company"], event["requestId"], new))
        event["body"] = new
        return [again(canonical(event))]

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
        refused("white-space", "another spelling of what was written", [events[0] + " "], "event_not_canonical"),
        refused("other-order", "another spelling of what was written", [canonical(dict(reversed(json.loads(events[0])
                .items()))).replace('{"actor"', '{ "actor"')], "event_not_canonical"),
        refused("escaped", "another spelling of what was written", [events[0].replace("kevin", "\\u006bevin")],
                "event_not_canonical"),
        refused("rehashed", "changed with its own hash", [again(events[0], at=NOW + 1), events[1]], "event_unlinked"),
        refused("first-with-previous", "nothing comes before the first", [again(events[0], previous="0" * 64)],
                "event_unlinked"),
        refused("foreign", "an event of another request", [events[0], again(other[0], sequence=2,
                previous=json.loads(events[0])["hash"])], "event_foreign"),
        refused("malformed-hash", "64 digits", [again(events[0], False, hash="x")], "invalid_hash", field="hash"),
        refused("not-json", "an event is JSON", ["event"], "malformed_json", line=1, column=1),
        refused("too-deep", "nesting is bounded", ["[" * 20], "too_deep"),
    ]
    cases += [
        good("administered", "an administrator's changes are a chain of their own", {"events": administered(3)},
             {"count": 3, "complete": False}),
        refused("administered-missing", "an event is missing", administered(3)[::2], "event_out_of_order"),
        refused("administered-changed", "another change", [administered(1)[0].replace("REFUND", "PAYOUT")],
                "event_altered"),
        refused("administered-hidden", "a key can be shown", [again(administered(1)[0], body=json.loads(
                administered(1)[0])["body"] | {"key": "\u202e"})], "hidden_character", field="key"),
    ]
    write("events.verify", "The texts of a request's events, or of a company's administrative ones, verified as a chain, perhaps up to a head that was kept "
          "apart: how many there are, and whether the end is proven.", cases)

    def impossible(identifier, why, chain, error="event_impossible"):
        return refused(identifier, why, chain, error)

    stage = lambda **members: body(events[0], stages=[ANN[0] | members])
    claimed = Request({**opening(template(claims=["tier"], approvalData="$(amount) $(claim.tier) $(companyName) "
                       "$(requestId)")), "origin": {"application": APP, "subject": "kevin", "claims": {"tier": "gold"}}},
                      ANN).events[0]
    values = json.loads(events[0])["body"]["metaData"]
    parts = json.loads(events[0])["body"]["parts"]
    part = lambda key, text, first=events[0]: [part | {"text": text} if part.get("key") == key else part
                                               for part in json.loads(first)["body"]["parts"]]
    many = lambda count: [{"required": 1, "eligible": eligible(*([f"a{n}@x.org"] for n in range(count)))}]
    restored = [
        good("head", "up to the head that was kept apart", {"events": events, "head": head},
             {"status": "approved", "grant": "consumed", "events": 3}),
        refused("head-cut-off", "an event is missing at the end", events[:2], "head_mismatch", head=head),
        refused("head-behind", "an event more than the head knows", events, "head_mismatch",
                head={"count": 2, "hash": json.loads(events[1])["hash"]}),
        refused("head-other", "the same number, but others", events, "head_mismatch", head=head | {"hash": "0" * 64}),
        impossible("administered", "no event of a request", administered(1)),
        impossible("administered-last", "no event of a request", [events[0], again(administered(1)[0], sequence=2,
                   company=APP, requestId=json.loads(events[0])["requestId"],
                   previous=json.loads(events[0])["hash"])]),
        good("whole", "as it was left", {"events": events}, {"status": "approved", "grant": "consumed", "events": 3}),
        good("first", "as it was opened", {"events": events[:1]}, {"status": "pending", "events": 1}),
        impossible("no-stages", "someone decides", [body(events[0], stages=[])]),
        impossible("too-few", "each stage can be met", [stage(required=2)]),
        impossible("subject-eligible", "the subject is barred", [stage(eligible=eligible(["kevin"]))]),
        impossible("hidden-stage-name", "a name can be shown", [stage(name="\u202e")]),
        impossible("other-hash", "the hash of the content", [body(events[0], contentHash="0" * 64)]),
        impossible("other-title", "what the hash covers", [body(events[0], titleParts=[{"text": "Refund $2?"}])]),
        impossible("hidden-title", "what an approver reads", Request(opening(template(approvalTitle="T\u202e")), ANN).events),
        *(impossible(f"forged-{name}", why, chain) for name, why, chain in [
            ("value-in-text", "the approver would read another amount", forged(parts=part("amount", "$2"))),
            ("value-in-title", "the approver would read another amount", forged(titleParts=[{"text": "Refund "},
             {"key": "amount", "text": "$2"}, {"text": "?"}])),
            ("value-behind-text", "the grant would be good for another amount", forged(metaData=values | {"amount": "$2"})),
            ("subject-in-text", "on whose behalf", forged(parts=part("subject", "eve"))),
            ("subject-behind-text", "on whose behalf", forged(subject="eve")),
            ("claim", "what the auth token proved", forged(claimed, parts=part("claim.tier", "iron", claimed))),
            ("request-id", "its own", forged(claimed, parts=part("requestId", IDS[3], claimed))),
            ("company-name", "a name that can be shown", forged(claimed, parts=part("companyName", "a\u202e", claimed))),
            ("company-name-empty", "a name that can be seen", forged(claimed, parts=part("companyName", "", claimed))),
            ("two-company-names", "an application has one", forged(claimed, titleParts=[{"key": "companyName",
             "text": "Bank"}])),
            ("unknown-key", "a part stands for something", forged(parts=[{"key": "amuont", "text": "$1"}, *parts])),
            ("key-with-bidi", "a part stands for something", forged(parts=[{"key": "a\u202e", "text": "$1"}, *parts])),
            ("empty-words", "as opening makes them", forged(parts=[{"text": ""}, *parts])),
            ("split-words", "as opening makes them", forged(parts=[{"text": "x"}, *parts])),
            ("merging", "no value merges with the words", forged(parts=[{"text": "<"}, {"key": "amount",
             "text": "\u0338"}], titleParts=[{"text": "T"}], metaData=values | {"amount": "\u0338"})),
            ("long-text", "64 KiB", forged(parts=[{"text": "x" * 65537}])),
            ("title-of-5000", "200 characters", forged(titleParts=[{"text": "x" * 5000}])),
            ("title-of-nothing", "something to see", forged(titleParts=[])),
            ("text-of-nothing", "something to see", forged(parts=[{"key": "note", "text": ""}])),
            ("line-in-title", "one line", forged(titleParts=[{"key": "note", "text": "a\nb"}], parts=[{"text": "x"}],
             metaData=values | {"note": "a\nb"})),
            ("default-with-bidi", "what could be shown", forged(defaults={"amount": "\u202e", "note": ""})),
            ("long-value", "4 KiB", forged(metaData=values | {"note": "x" * 4097}, parts=[{"text": "x"}])),
            ("long-default", "4 KiB", forged(defaults={"amount": "$1", "note": "x" * 4097})),
            ("field-named-subject", "built in", forged(metaData=values | {"subject": "eve"},
             defaults={"amount": "$1", "note": "", "subject": ""})),
            ("claim-named-exp", "registered", forged(claims={"exp": "1"})),
            ("claim-with-line", "one line", forged(claims={"tier": "a\nb"})),
            ("subject-empty", "someone asks", forged(subject="", parts=[{"text": "x"}])),
            ("subject-filler", "someone asks", forged(subject="\u3164", parts=[{"text": "x"}])),
            ("application-empty", "some application asks", forged(application="", top={"actor": {"kind": "application",
             "id": ""}})),
            ("template-id-empty", "some template", forged(templateId="")),
            ("template-id-with-space", "a key", forged(templateId="RE FUND")),
            ("company-empty", "it belongs to someone", forged(top={"company": ""})),
            ("1001-approvers", "1000 of them", forged(stages=many(1001))),
            ("21-stages", "20 of them", forged(stages=[many(n + 1)[0] | {"eligible": [{"email": f"b{n}@x.org"}]}
             for n in range(21)])),
            ("lookalikes", "two who can be taken for one", forged(stages=[ANN[0] | {"eligible": eligible(
             ["ann@fa\u00df.de"], ["ann@fass.de"])}])),
            ("twice-in-stages", "each in one stage", forged(stages=[ANN[0], ANN[0]])),
            ("email", "an email", forged(stages=[ANN[0] | {"eligible": eligible(["a\u3164@x.org"])}])),
            ("group-with-at", "a group's key", forged(stages=[ANN[0] | {"eligible": eligible(["ann@example.com", "a@b"])}])),
            ("grant-lives-a-year", "30 days", forged(grantTtlSeconds=31536000)),
            ("expired-at-once", "after it is opened", forged(expiresAt=NOW)),
            ("grant-after-year-9999", "a time that calendars have", forged(top={"at": 253_402_300_799 - 900},
             expiresAt=253_402_300_799)),
        ]),
        good("forged-by-nobody", "the forger's tool makes no difference by itself", {"events": forged()},
             {"status": "pending", "events": 1}),
        *(refused(f"forged-{name}", why, chain, error) for name, why, chain, error in [
            ("time-after-year-9999", "a time that calendars have", forged(top={"at": 253_402_300_800}), "out_of_range"),
            ("time-before-year-1", "a time that calendars have", forged(top={"at": -62_135_596_801}), "out_of_range"),
            ("expiry-after-year-9999", "a time that calendars have", forged(expiresAt=253_402_300_800), "out_of_range"),
            ("field-with-space", "a key", forged(metaData=values | {"a b": ""}, defaults={"amount": "$1", "note": "",
             "a b": ""}), "invalid_key"),
            ("people", "known or not", forged(people="some"), "unknown_choice"),
            ("people-left-out", "known or not", forged(people=...), "missing_member"),
            ("device-null", "null is never left out", forged(device=None), "wrong_type"),
            ("device-unshown", "what can't be shown is left out", forged(device={"platform": "\u202e"}), "event_altered"),
            ("device-empty", "nothing known is left out", forged(device={}), "event_altered")]),
        *(impossible(f"{name}-by-{who}", "its own application, an administrator, the system with a reason",
                     chain[:-1] + [again(chain[-1], actor=actor)])
          for name, chain in {"cancelled": Request(opening(), ANN).add(NOW + 5, {"kind": "application", "id": APP},
                              {"type": "cancelled"}).events,
                              "revoked": approved().add(NOW + 15, {"kind": "application", "id": APP},
                              {"type": "revoked", "grantId": IDS[1]}).events}.items()
          for who, actor in {"approver": {"kind": "approver", "id": "ann@example.com"},
                             "other-application": {"kind": "application", "id": "shop2"},
                             "system-without-reason": {"kind": "system", "id": "directory"}}.items()),
        impossible("expired-by-application", "the system records it", Request(opening(), ANN).add(NOW + 900,
                   {"kind": "application", "id": APP}, {"type": "expired"}).events),
        good("expired-by-another-part", "any part of the system", {"events": Request(opening(), ANN).add(NOW + 900,
             {"kind": "system", "id": "sweep"}, {"type": "expired"}).events}, {"status": "expired", "events": 2}),
        impossible("grant-id-of-request", "an id of its own", [events[0], body(events[1], grant={"id": IDS[0],
                   "expiresAt": NOW + 310})]),
        impossible("grant-id-nil", "an id of its own", [events[0], body(events[1], grant={
                   "id": "00000000-0000-0000-0000-000000000000", "expiresAt": NOW + 310})]),
        impossible("unseen-signature", "something to be seen", [events[0], body(events[1], signature={"kind": "typed",
                   "text": " "})]),
        impossible("decided-by-lookalike", "as the snapshot has them", [Request(opening(template(
                   defaultApprovers=["ann@fa\u00df.de"])), [{"required": 1, "eligible": eligible(["ann@fa\u00df.de"])}])
                   .decided(NOW + 10, "ann@fass.de", grant=IDS[1]).events[n] for n in (0, 1)]),
        good("newer-characters", "an older library reads newer text", {"events": forged(metaData=values | {"note":
             "\U0003fffd"}, parts=[{"key": "note", "text": "\U0003fffd"}])}, {"status": "pending", "events": 1}),
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
          "last, and how many there are; perhaps up to a head that was kept apart.", restored)


def request_body():
    path = FOLDER / "requestBody.parse.json"
    old = json.loads(path.read_text(encoding="utf-8"))
    cases = [case for case in old["cases"] if case["id"] not in ("too-large", "too-deep", "null-approvers")] + [
        bad("null-approvers", "null is never left out", {"text": '{"templateId": "T", "approvers": null}'}, "wrong_type",
            field="approvers"),
        bad("too-large", "1 MiB of text", {"repeat": "x", "times": 1048577}, "too_large"),
        bad("too-deep", "64 levels", {"repeat": "[", "times": 65}, "too_deep", line=1, column=65),
    ]
    write("requestBody.parse", old["about"], cases)


def text_plain():
    write("text.plain", "A text as an application may send it: line ends, spaces and invisible characters mended. What "
          "comes out is accepted as a value of several lines, and comes out of a second pass unchanged.",
          [good(identifier, why, {"text": text}, {"text": plain}) for identifier, why, text, plain in PLAIN])


def text_identity():
    twins = [("Steve@NL3.com", "steve@nl3.com"), ("Jose\u0301@x.org", "jos\u00e9@X.org"), ("STRASSE@x.org", "stra\u00dfe@x.org"),
             ("ann\u200d@x.org", "ann@x.org"), ("kevin\u3164", " kevin\u00a0"), ("\ufb01n@x.org", "fin@x.org"),
             ("\u03bf\u03b4\u03bf\u03c2", "\u039f\u0394\u039f\u03a3")]
    cases = [good(f"twins-{number}", "one person", {"names": names}, {"same": True}) for number, names in enumerate(twins)]
    others = [("jose@x.org", "jos\u00e9@x.org"), ("ann@x.org", "ann@x.com"), ("a b", "ab")]
    cases += [good(f"others-{number}", "two people", {"names": names}, {"same": False})
              for number, names in enumerate(others)]
    write("identity.same", "Two names: whether they are the same person's (their keys are equal).", cases)


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
