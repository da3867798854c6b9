"""Answers the questions of the interop tests with the Python package: see tests/interop/README.md."""

from __future__ import annotations

import json
import sys
from typing import Any, Callable

import jit_approvals
from jit_approvals import (
    AccessTokenVerifier,
    ApprovalRequest,
    JitError,
    Minter,
    SigningKey,
    Template,
    Verifier,
    plain_text,
    verify_chain,
)

Given = dict[str, Any]


def key(text: str) -> SigningKey:
    return SigningKey.from_base64(text)


def verifier(given: Given) -> Verifier:
    return Verifier(key(given["key"]), issuer=given["issuer"], audience=given["audience"])


def directory(given: Given) -> dict[str, Any]:
    return {"directory": json.loads(given["directory"])} if "directory" in given else {}


def mint(given: Given) -> str:
    minter = Minter(key(given["key"]), issuer=given["issuer"], audience=given["audience"])
    return minter.mint(given["subject"], json.loads(given["claims"]), now=given["now"], jti=given["jti"])


def opened(given: Given) -> dict[str, Any]:
    origin = json.loads(given["origin"])
    template = Template.parse(given["template"])
    request = template.open(given["body"], origin=origin, now=given["now"], id=given["id"], **directory(given))
    return {"events": list(request.event_texts()), "contentHash": request.content_hash, "text": request.text}


def decide(given: Given) -> list[str]:
    request = ApprovalRequest.restore(given["events"])
    call = getattr(request, given["verdict"])
    more = {name: given.get(name) for name in ("comment", "now", "id")}
    call(given["approver"], content_hash=request.content_hash, **more, **directory(given))
    return list(request.event_texts())


def consume(given: Given) -> list[str]:
    request = ApprovalRequest.restore(given["events"])
    request.consume(json.loads(given["act"]), now=given["now"])
    return list(request.event_texts())


def verify_access(given: Given) -> str:
    access = AccessTokenVerifier(key(given["key"]), issuer=given["issuer"], application=given["application"])
    return json.dumps(access.verify(given["token"], now=given["now"]).to_dict())


def report(given: Given) -> dict[str, Any]:
    chain = verify_chain(given["events"])
    return {"count": chain.count, "complete": chain.complete}


OPERATIONS: dict[str, Callable[[Given], Any]] = {
    "mint": mint,
    "verify": lambda given: json.dumps(verifier(given).verify(given["token"], now=given["now"])),
    "origin": lambda given: json.dumps(verifier(given).origin(given["token"], now=given["now"])),
    "open": opened,
    "decide": decide,
    "consume": consume,
    "accessToken": lambda given: ApprovalRequest.restore(given["events"]).access_token(
        given["issuer"], key(given["key"]), now=given["now"]
    ),
    "verifyAccess": verify_access,
    "verifyChain": report,
    "plainText": lambda given: plain_text(given["text"]),
    "mistake": lambda given: MISTAKES[given["name"]](),
    "surface": lambda given: surface(),
}

def surface() -> list[str]:
    classes = (SigningKey, Minter, Verifier, jit_approvals.Jwt, Template, ApprovalRequest, AccessTokenVerifier)
    classes += (jit_approvals.UnverifiedToken, jit_approvals.AccessToken)
    public = [f"{one.__name__}.{name}" for one in classes for name in dir(one) if not name.startswith("_")]
    # The members of an access token are those of a dataclass in every language.
    public = [name for name in public if not name.startswith("AccessToken.") or name.endswith((".sign", ".to_dict"))]
    public += [f"Jws.{name}" for name in ("sign", "verify") if hasattr(jit_approvals.jws, name)]
    names = ("plain_text", "verify_chain", "identity", "CATALOGUE")
    return public + [name for name in names if hasattr(jit_approvals, name)]


TEMPLATE: dict[str, Any] = {
    "approvalType": "approve",
    "templateName": "Refund",
    "approvalKey": "REFUND",
    "approvalTitle": "Refund?",
    "approvalData": "Refund $(amount).",
    "defaultApprovers": ["ann@example.com"],
    "metadata": [{"key": "amount", "type": "number"}],
}
ORIGIN = {"application": "shop", "subject": "kevin"}
EVERYONE = {"people": "everyone"}


def good_key() -> SigningKey:
    return SigningKey.from_base64("A" * 44)


def minter() -> Minter:
    return Minter(good_key(), issuer="shop", audience="host")


def render(**meta_data: Any) -> Any:
    return Template.parse(TEMPLATE).render(meta_data, origin=ORIGIN)


def request() -> ApprovalRequest:
    return Template.parse(TEMPLATE).open({"metaData": {"amount": "5"}}, origin=ORIGIN, directory=EVERYONE)


def open_with(people: Any) -> ApprovalRequest:
    return Template.parse(TEMPLATE).open({}, origin=ORIGIN, directory=people)


def not_eligible() -> None:
    one = request()
    one.approve("bob@example.com", content_hash=one.content_hash)


# The programmer's mistakes, which type checkers find, too.
MISTAKES: dict[str, Callable[[], Any]] = {
    "keyTooShort": lambda: SigningKey.from_base64("AAAA"),
    "keyNotBase64": lambda: SigningKey.from_base64("*" * 44),
    "keyMissing": lambda: SigningKey.from_base64(None),  # type: ignore[arg-type]
    "issuerOfAnotherType": lambda: Minter(good_key(), issuer=7, audience="host"),  # type: ignore[arg-type]
    "issuerEmpty": lambda: Minter(good_key(), issuer="", audience="host"),
    "lifetimeTooLong": lambda: Minter(good_key(), issuer="shop", audience="host", lifetime=90_000),
    "subjectNull": lambda: minter().mint(None),  # type: ignore[arg-type]
    "reservedClaim": lambda: minter().mint("kevin", {"sub": "eve"}),
    "claimNotFinite": lambda: minter().mint("kevin", {"a": float("nan")}),
    "issuerAndAny": lambda: Verifier(good_key(), issuer="shop", any_issuer=True, audience="host"),  # type: ignore[call-overload]
    "issuerLeftOut": lambda: Verifier(good_key(), audience="host"),  # type: ignore[call-overload]
    "audiencesEmpty": lambda: Verifier(good_key(), issuer="shop", audience=[]),
    "tokenMalformed": lambda: Verifier(good_key(), issuer="shop", audience="host").verify("no token"),
    "templateUnknownMember": lambda: Template.parse({**TEMPLATE, "approvalTittle": "x"}),
    "templateUndeclared": lambda: Template.parse({**TEMPLATE, "approvalData": "$(price)"}),
    "amountAsFloat": lambda: render(amount=12.5),
    "amountNull": lambda: render(amount=None),
    "unknownField": lambda: render(amuont="5"),
    "hiddenCharacter": lambda: render(amount="5\u202e"),
    "directoryWithoutPeople": lambda: open_with({}),
    "personWithoutActive": lambda: open_with({"people": [{"email": "ann@example.com"}]}),
    "notEligible": not_eligible,
    "otherHash": lambda: request().approve("ann@example.com", content_hash="0" * 64),
    "hashMalformed": lambda: request().approve("ann@example.com", content_hash="abc"),
    "noGrant": lambda: request().consume({"metaData": {"amount": "5"}}),
    "actorNotAllowed": lambda: request().cancel({"kind": "application", "id": "other"}),
    "noEvents": lambda: ApprovalRequest.restore([]),
    "eventNotCanonical": lambda: ApprovalRequest.restore([f" {text}" for text in request().event_texts()]),
}


def main() -> None:
    for line in sys.stdin:
        given = json.loads(line)
        answer: dict[str, Any]
        try:
            answer = {"ok": OPERATIONS[given.pop("operation")](given)}
        except JitError as error:
            places = {"field": error.field, "line": error.line, "column": error.column}
            known = {name: value for name, value in places.items() if value is not None}
            answer = {"error": {"code": error.code, "message": error.args[0], **known}}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
