"""Runs every file of tests/vectors/, in place, through the package's own API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable

import pytest

from jit_approvals import (
    AccessToken,
    AccessTokenVerifier,
    ApprovalRequest,
    Head,
    InputError,
    JitError,
    Jwt,
    Minter,
    SigningKey,
    Template,
    Verifier,
    identity,
    jws,
    plain_text,
    verify_chain,
)

FOLDER = Path(__file__).parents[3] / "tests" / "vectors"
Given = dict[str, Any]


def keys(given: list[Given]) -> list[SigningKey]:
    return [SigningKey.from_base64(each["key"], id=each.get("id")) for each in given]


def renamed(given: Given, **names: str) -> Given:
    """The members that are present, under the names of keyword arguments."""
    return {ours: given[theirs] for ours, theirs in names.items() if theirs in given}


def opened(given: Given) -> ApprovalRequest:
    times = renamed(given, now="now", id="id")
    template = Template.parse(given["template"])
    if "directory" not in given:
        # Python itself rejects a call without a required argument.
        with pytest.raises(TypeError, match="directory"):
            template.open(given["body"], origin=given["origin"], **times)
        raise InputError("`directory` is missing", "missing_member", 1006, 400, "directory")
    return template.open(given["body"], origin=given["origin"], directory=given["directory"], **times)


def take(request: ApprovalRequest, step: Given, opening: Given) -> None:
    now: Any = {"now": step.get("at")}
    if step["do"] == "decide":
        decision: Any = renamed(step, comment="comment", signature="signature", id="id")
        if isinstance(decision.get("signature"), dict):
            decision["signature"] = decision["signature"]["text"]
        if not step.get("withoutDirectory"):
            decision["directory"] = step.get("directory", opening["directory"])
        decide = request.approve if step["verdict"] == "approve" else request.reject
        decide(step["approver"], content_hash=step.get("contentHash", request.content_hash), **decision, **now)
    elif step["do"] == "cancel":
        request.cancel(step["actor"], reason=step.get("reason"), **now)
    elif step["do"] == "consume":
        request.consume(step["act"], **now)
    elif step["do"] == "revoke":
        request.revoke(step["actor"], reason=step.get("reason"), **now)
    elif step["do"] == "expire":
        request.expire(**now)
    else:
        raise AssertionError(f"unknown step {step['do']}")


def state_at(request: ApprovalRequest, now: int) -> Given:
    state = request.at(now)
    grant = {} if state.grant is None else {"grant": state.grant.status}
    return {"status": state.status, **grant}


def state(request: ApprovalRequest) -> Given:
    """Status and grant, one second after the last event."""
    return state_at(request, request.events[-1]["at"] + 1)


def head(given: Given) -> Given:
    return {"head": Head(**given["head"])} if "head" in given else {}


def access_sign(given: Given) -> Given:
    record = given["grant"]
    names = ["issuer", "application", "subject", "grantId", "expiresAt", "approvalRequestId", "templateId", "contentHash"]
    token = AccessToken(*(record[name] for name in names))
    return {"token": token.sign(keys([given["key"]])[0])}


def access_verify(given: Given) -> Given:
    options = renamed(given, issuer="issuer", application="application", leeway="leewaySeconds")
    return {"grant": AccessTokenVerifier(keys(given["keys"]), **options).verify(given["token"], now=given["now"]).to_dict()}


def request_open(given: Given) -> Given:
    request = opened(given)
    return {"event": request.event_texts()[0], "contentHash": request.content_hash}


def request_play(given: Given) -> Given:
    opening = given["opening"]
    request = opened(opening)
    for step in given["steps"]:
        if "fails" not in step:
            take(request, step, opening)
            continue
        before = request.event_texts()
        with pytest.raises(JitError) as raised:
            take(request, step, opening)
        assert raised.value.code == step["fails"], step
        assert request.event_texts() == before, "a command that fails changes nothing"
    return {**state(request), "events": request.event_texts()}


def request_may_decide(given: Given) -> Given:
    opening = given["opening"]
    request = opened(opening)
    for step in given["steps"]:
        take(request, step, opening)
    directory = {} if given.get("withoutDirectory") else {"directory": given.get("directory", opening["directory"])}
    reason = request.may_decide(given["approver"], now=given["now"], **directory)
    if reason is not None:
        raise reason
    needs = request.needs_of(given["approver"])
    return {"needs": {"emails": list(needs.emails), "groups": list(needs.groups)}}


def request_restore(given: Given) -> Given:
    request = ApprovalRequest.restore(given["events"], **head(given))
    return {**state(request), "events": len(request.events)}


def events_verify(given: Given) -> Given:
    report = verify_chain(given["events"], **head(given))
    return {"count": report.count, "complete": report.complete}


def jws_verify(given: Given) -> Given:
    header, payload = jws.verify(given["token"], keys(given["keys"]))
    return {"header": header, "payload": payload.decode()}


def jwt_create(given: Given) -> Given:
    # An int beyond 64 bits is an error; in JavaScript it is the nearest double.
    integer = lambda digits: int(digits) if -(2**63) <= int(digits) < 2**64 else float(digits)  # noqa: E731
    jwt = Jwt.create(json.loads(given["claims"], parse_int=integer), now=given["nowMillis"] // 1000, jti=given["jti"])
    setters: dict[str, Callable[..., Jwt]] = {
        "setClaim": jwt.set_claim,
        "setHeader": jwt.set_header,
        "setIssuer": jwt.set_issuer,
        "setSubject": jwt.set_subject,
        "setJti": jwt.set_jti,
        # njwt accepts any value, a `Jwt` only a time.
        "setIssuedAt": lambda value: jwt.set_claim("iat", value),
        "setExpiration": lambda at=None: jwt.set_expiration(None if at is None else int(at // 1000)),
        "setNotBefore": lambda at=None: jwt.set_not_before(None if at is None else int(at // 1000)),
    }
    for name, *arguments in given["calls"]:
        setters[name](*arguments)
    return {"token": jwt.compact(SigningKey.from_base64(given["key"], least_bytes=1))}


ANY_TEMPLATE = Template.parse(
    {"approvalType": "approve", "templateName": "any", "approvalTitle": "any", "approvalKey": "ANY", "approvalData": "any"}
)


def body_parse(given: Given) -> Given:
    # No call only reads a body, so `needs` reads it.
    body = given["text"] if "text" in given else given["repeat"] * given["times"]
    ANY_TEMPLATE.needs(body)
    result: Given = json.loads(body)
    return result


def key_from_base64(given: Given) -> Given:
    key = SigningKey.from_base64(given["text"], **renamed(given, least_bytes="leastBytes"))
    return {"signs": jws.sign({"alg": "HS256"}, "", key)}


def template_parse(given: Given) -> Given:
    template = Template.parse(given["template"])
    fields = [field["key"] for field in template.fields]
    return {"key": template.key, "version": template.version, "fields": fields}


def parts(all: Any) -> list[Given]:
    return [{"text": part.text} if part.key is None else {"text": part.text, "key": part.key} for part in all]


def template_render(given: Given) -> Given:
    names = ("application", "subject", "companyName", "claims")
    origin = {name: given[name] for name in names if name in given}
    id = renamed(given, request_id="requestId")
    rendered = Template.parse(given["template"]).render(given["metaData"], origin=origin, **id)
    return {
        "title": rendered.title,
        "titleParts": parts(rendered.title_parts),
        "text": rendered.text,
        "parts": parts(rendered.parts),
    }


def text_plain(given: Given) -> Given:
    plain = plain_text(given["text"])
    assert plain_text(plain) == plain, "a second pass changes nothing"
    return {"text": plain}


def token_mint(given: Given) -> Given:
    options = renamed(
        given, issuer="issuer", audience="audience", lifetime="lifetimeSeconds", backdate="backdateSeconds"
    )
    minter = Minter(SigningKey.from_base64(given["key"], id=given.get("keyId")), **options)
    claims = [given["claims"]] if "claims" in given else []
    return {"token": minter.mint(given["subject"], *claims, now=given["now"], **renamed(given, jti="jti"))}


def token_verify(given: Given) -> Given:
    options = renamed(given, leeway="leewaySeconds", max_lifetime="maxLifetimeSeconds", require_subject="requireSubject")
    # In a vector, null means any issuer or audience.
    for name in ("issuer", "audience"):
        if given.get(name) is None:
            options[f"any_{name}"] = True
        else:
            options[name] = given[name]
    verifier = Verifier(keys(given["keys"]), **options)
    verified = verifier.verified(given["token"], now=given["now"])
    assert verifier.verify(given["token"], now=given["now"]) == verified.claims
    return {"claims": verified.claims, **({} if verified.key_id is None else {"keyId": verified.key_id})}


OPERATIONS: dict[str, Callable[[Given], Given]] = {
    "accessToken.sign": access_sign,
    "accessToken.verify": access_verify,
    "approvalRequest.open": request_open,
    "approvalRequest.play": request_play,
    "approvalRequest.at": lambda given: state_at(ApprovalRequest.restore(given["events"]), given["now"]),
    "approvalRequest.mayDecide": request_may_decide,
    "approvalRequest.restore": request_restore,
    "events.verify": events_verify,
    "identity.same": lambda given: {"same": identity(given["names"][0]) == identity(given["names"][1])},
    "jws.verify": jws_verify,
    "jwt.create": jwt_create,
    "requestBody.parse": body_parse,
    "signingKey.fromBase64": key_from_base64,
    "template.parse": template_parse,
    "template.render": template_render,
    "text.plain": text_plain,
    "token.mint": token_mint,
    "token.verify": token_verify,
}


@pytest.mark.parametrize("path", [path for path in sorted(FOLDER.glob("*.json")) if path.name != "errors.json"], ids=lambda path: path.name)
def test_vectors(path: Path) -> None:
    file = json.loads(path.read_text("utf-8"))
    assert len(file["cases"]) == file["count"]
    run = OPERATIONS[file["operation"]]
    reasons = []
    for case in file["cases"]:
        # Values that exist only in JavaScript: the tests of the npm package run them.
        if case.get("scope") == "javascript":
            reasons.append(f"{case['id']}: only JavaScript has it")
            continue
        expected = case["expect"]
        try:
            outcome: Given = {"ok": run(case["given"])}
        except JitError as error:
            outcome = {"error": error.code}
            outcome.update({name: getattr(error, name) for name in ("field", "line", "column") if name in expected})
        assert outcome == expected, (file["operation"], case["id"])
    record(path.name, file["count"] - len(reasons), reasons)


def record(name: str, run: int, reasons: list[str]) -> None:
    """Writes what was run, for the table that `cargo xtask test interop` writes: `file<TAB>run<TAB>reasons`."""
    table = FOLDER.parents[1] / "target" / "vectors" / "Python.tsv"
    table.parent.mkdir(parents=True, exist_ok=True)
    rows = table.read_text("utf-8").splitlines(keepends=True) if table.exists() else []
    rows = [row for row in rows if not row.startswith(f"{name}\t")]
    table.write_text("".join([*rows, f"{name}\t{run}\t{'; '.join(reasons)}\n"]), "utf-8")
