"""No panic crosses into Python. Runs only with a build that can be told to panic in every call."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from jit_approvals import ApprovalRequest, InternalError, Jwt, Minter, SigningKey, Template, Verifier

from .conftest import EVERYONE, NAMES, ORIGIN, RECORD

native: Any = importlib.import_module("jit_approvals._native")

# These return a field and call nothing that could panic.
FIELDS = {
    "Rendered": {"title", "text"},
    "SigningKey": {"id"},
    "Template": {"key", "version", "name"},
}


def calls(key: SigningKey, template: Template, request_: ApprovalRequest) -> dict[str, Callable[[], object]]:
    """A valid call of everything that the native part has."""
    token = Minter(key, **NAMES).mint("kevin")
    jwt, rendered = Jwt.create(), template.render({"amount": "5"}, origin=ORIGIN)
    decision: Any = {"content_hash": request_.content_hash}
    grants = native.AccessTokenVerifier(key, issuer="host", application="shop.example.com")
    admin = {"kind": "administrator", "id": "ann@example.com"}
    all_calls: dict[str, Callable[[], object]] = {
        "AccessTokenVerifier": lambda: native.AccessTokenVerifier(key, issuer="host", application="shop"),
        "AccessTokenVerifier.verify": lambda: grants.verify(token),
        "ApprovalRequest.apply": lambda: request_.apply(request_.events[0]),
        "ApprovalRequest.approve": lambda: request_.approve("ann@example.com", **decision),
        "ApprovalRequest.reject": lambda: request_.reject("ann@example.com", **decision),
        "ApprovalRequest.restore": lambda: ApprovalRequest.restore([]),
        "ApprovalRequest.at": lambda: request_.at(0),
        "ApprovalRequest.access_token": lambda: request_.access_token("host", key),
        "ApprovalRequest.cancel": lambda: request_.cancel(admin),
        "ApprovalRequest.revoke": lambda: request_.revoke(admin),
        "ApprovalRequest.consume": lambda: request_.consume({"metaData": {}}),
        "ApprovalRequest.event_texts": lambda: request_.event_texts(),
        "ApprovalRequest.events_since": lambda: request_.events_since(0),
        "ApprovalRequest.expire": lambda: request_.expire(),
        "ApprovalRequest.may_decide": lambda: request_.may_decide("ann@example.com"),
        "ApprovalRequest.needs_of": lambda: request_.needs_of("ann@example.com"),
        "ApprovalRequest.to_dict": lambda: request_.to_dict(),
        "Jwt.create": lambda: Jwt.create(),
        "Jwt.compact": lambda: jwt.compact(key),
        "Minter": lambda: Minter(key, **NAMES),
        "Minter.mint": lambda: minter.mint("kevin"),
        "Minter.mint_many": lambda: minter.mint_many(["kevin"]),
        "SigningKey.from_base64": lambda: SigningKey.from_base64("AA=="),
        "SigningKey.from_bytes": lambda: SigningKey.from_bytes(b""),
        "SigningKey.generate": lambda: SigningKey.generate(),
        "SigningKey.generate_base64": lambda: SigningKey.generate_base64(),
        "Template.mistakes": lambda: Template.mistakes(RECORD),
        "Template.needs": lambda: template.needs({}),
        "Template.open": lambda: template.open({}, origin=ORIGIN, directory=EVERYONE),
        "Template.parse": lambda: Template.parse(RECORD),
        "Template.render": lambda: template.render({}, origin=ORIGIN),
        "Template.to_dict": lambda: template.to_dict(),
        "Verifier": lambda: Verifier(key, **NAMES),
        "Verifier.origin": lambda: verifier.origin(token),
        "Verifier.verified": lambda: verifier.verified(token),
        "Verifier.verify": lambda: verifier.verify(token),
        "catalogue": lambda: native.catalogue(),
        "identity": lambda: native.identity("kevin"),
        "jws_sign": lambda: native.jws_sign({"alg": "HS256"}, b"", key),
        "jws_verify": lambda: native.jws_verify(token, key),
        "plain_text": lambda: native.plain_text("text"),
        "seconds": lambda: native.seconds(0, "time"),
        "sign_access_token": lambda: native.sign_access_token({}, key),
        "unverified_token": lambda: native.unverified_token(token),
        "verify_chain": lambda: native.verify_chain([]),
    }
    minter, verifier = Minter(key, **NAMES), Verifier(key, **NAMES)
    values: dict[str, Any] = {"ApprovalRequest": request_, "Jwt": jwt, "Rendered": rendered, "Template": template}
    for name, value in values.items():
        for member, _ in inspect.getmembers(type(value), inspect.isgetsetdescriptor):
            if not member.startswith("__"):
                all_calls[f"{name}.{member}"] = partial(getattr, value, member)
    for name in ("set_issued_at", "set_expiration", "set_not_before"):
        all_calls[f"Jwt.{name}"] = partial(getattr(jwt, name), 0)
    for name in ("set_issuer", "set_subject", "set_jti"):
        all_calls[f"Jwt.{name}"] = partial(getattr(jwt, name), "x")
    for name in ("set_claim", "set_header"):
        all_calls[f"Jwt.{name}"] = partial(getattr(jwt, name), "x", 1)
    return all_calls


def public() -> set[str]:
    """The names of all functions, constructors, methods and properties."""
    names: set[str] = set()
    for name, value in vars(native).items():
        if name.startswith("_") or name == "panic_in_every_call":
            continue
        if not inspect.isclass(value):
            names.add(name)
            continue
        if name in ("AccessTokenVerifier", "Minter", "Verifier"):
            names.add(name)  # The classes with a constructor.
        members = {member for member in vars(value) if not member.startswith("__")}
        names.update(f"{name}.{member}" for member in members - FIELDS.get(name, set()))
    return names


@pytest.mark.skipif(not hasattr(native, "panic_in_every_call"), reason="needs the feature `panicking`")
def test_a_panic_becomes_an_exception(key: SigningKey, template: Template, request_: ApprovalRequest) -> None:
    every = calls(key, template, request_)
    fields = {f"{name}.{member}" for name, members in FIELDS.items() for member in members}
    assert set(every) - fields == public()
    native.panic_in_every_call(True)
    try:
        for name in sorted(public()):
            try:
                every[name]()
                pytest.fail(f"{name} did not panic")
            except InternalError as error:
                assert (error.code, error.message) == ("caught_panic", "an internal error; this is a bug"), name
    finally:
        native.panic_in_every_call(False)
    assert request_.status == "pending"
