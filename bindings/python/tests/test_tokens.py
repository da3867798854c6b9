"""Tokens: keys, claims of every kind, times, and other libraries."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import json
import time
from collections import OrderedDict, UserDict
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any, TypedDict

import pytest

from jit_approvals import (
    CATALOGUE,
    InputError,
    JitError,
    Jwt,
    Minter,
    SigningKey,
    TokenError,
    UnverifiedToken,
    Verifier,
    jws,
)

from .conftest import NAMES


class Custom(TypedDict):
    role: str


@dataclasses.dataclass
class Claims:
    role: str
    levels: list[int]


def test_claims_of_every_kind(minter: Minter, verifier: Verifier) -> None:
    typed: Custom = {"role": "buyer"}
    for claims in (
        {"role": "buyer"},
        typed,
        OrderedDict(role="buyer"),
        MappingProxyType({"role": "buyer"}),
        UserDict(role="buyer"),
    ):
        assert verifier.verify(minter.mint("kevin", claims))["role"] == "buyer"
    verified = verifier.verify(minter.mint("kevin", Claims("buyer", [1, 2])))
    assert (verified["role"], verified["levels"]) == ("buyer", [1, 2])
    values: dict[str, Any] = {"a": None, "b": True, "c": -(2**63), "d": 2**64 - 1, "e": 0.5, "f": "é😀", "g": [(), {}]}
    assert {name: verifier.verify(minter.mint("kevin", values))[name] for name in values} == {**values, "g": [[], {}]}


def test_pydantic_models_as_claims(minter: Minter, verifier: Verifier) -> None:
    pydantic = pytest.importorskip("pydantic")
    model = pydantic.create_model("Model", role=(str, ...), since=(datetime, ...))
    made = model(role="buyer", since=datetime(2026, 1, 1, tzinfo=timezone.utc))
    claims = verifier.verify(minter.mint("kevin", made))
    assert (claims["role"], claims["since"]) == ("buyer", "2026-01-01T00:00:00Z")


def test_times(key: SigningKey, minter: Minter, verifier: Verifier) -> None:
    at = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    token = minter.mint("kevin", now=at)
    assert verifier.verify(token, now=at)["iat"] == int(at.timestamp())
    assert verifier.verify(token, now=int(at.timestamp()))["exp"] == int(at.timestamp()) + 300
    with pytest.raises(TokenError) as expired:
        verifier.verify(token, now=at + timedelta(hours=1))
    assert expired.value.code == "token_expired"
    short = Minter(key, issuer="a", audience="b", lifetime=timedelta(minutes=1), backdate=0).mint("kevin", now=at)
    claims = UnverifiedToken.parse(short).claims
    assert claims["exp"] - claims["iat"] == 60 and claims["nbf"] == claims["iat"]
    for wrong, message in (
        (datetime(2026, 1, 1), "naive"),
        (1.5, r"use int\(…\)"),
        (int(time.time() * 1000), "milliseconds"),
        (True, "not a bool"),
        ("now", "not a str"),
    ):
        with pytest.raises(InputError, match=message):
            minter.mint("kevin", now=wrong)  # type: ignore[arg-type]


def test_the_clock_is_pythons(minter: Minter, verifier: Verifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_600_000_000.9)
    token = minter.mint("kevin")
    assert UnverifiedToken.parse(token).claims["iat"] == 1_600_000_000
    assert verifier.verify(token)["sub"] == "kevin"
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000)
    with pytest.raises(TypeError):
        # A clock that is no float is a broken test double, not a time.
        monkeypatch.setattr(time, "time", lambda: "now")
        verifier.verify(token)


def test_freezegun_and_time_machine(minter: Minter) -> None:
    freezegun = pytest.importorskip("freezegun")
    time_machine = pytest.importorskip("time_machine")
    with freezegun.freeze_time("2020-09-13T12:26:40Z"):
        assert UnverifiedToken.parse(minter.mint("kevin")).claims["iat"] == 1_600_000_000
    with time_machine.travel(1_500_000_000, tick=False):
        assert UnverifiedToken.parse(minter.mint("kevin")).claims["iat"] == 1_500_000_000


def test_keys_of_every_kind() -> None:
    data = bytes(range(32))
    text = base64.urlsafe_b64encode(data).decode()
    expected = jws.sign({"alg": "HS256"}, "a", SigningKey.from_bytes(data))
    for key in (
        SigningKey.from_bytes(bytearray(data)),
        SigningKey.from_bytes(memoryview(data)),
        SigningKey.from_base64(text),
        SigningKey.from_base64(text.rstrip("=") + " \n"),
    ):
        assert jws.sign({"alg": "HS256"}, b"a", key) == expected
    header, payload = jws.verify(expected, [SigningKey.generate(), SigningKey.from_bytes(data)])
    assert (header, payload) == ({"alg": "HS256"}, b"a")
    assert len(base64.b64decode(SigningKey.generate_base64())) == 32
    for wrong in ("text", 32, None, [1, 2]):
        with pytest.raises(InputError):
            SigningKey.from_bytes(wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="environment variable"):
        SigningKey.from_base64(None)  # type: ignore[arg-type]
    with pytest.raises(TokenError):
        SigningKey.from_bytes(b"short")


def test_rotation(key: SigningKey) -> None:
    new = SigningKey.generate(id="k2")
    both = Verifier([new, key], **NAMES)
    for signer, key_id in ((key, None), (new, "k2")):
        assert both.verified(Minter(signer, **NAMES).mint("kevin")).key_id == key_id


def test_absence_and_none_never_mean_permission(key: SigningKey) -> None:
    every: list[Any] = [
        {},
        {"issuer": "a"},
        {"audience": "b"},
        {"issuer": None, "audience": "b"},
        {"issuer": "a", "audience": None},
        {"issuer": "a", "audience": []},
        {"issuer": "a", "any_issuer": True, "audience": "b"},
        {"issuer": "a", "audience": "b", "any_audience": True},
        {"issuer": "a", "audience": "b", "any_audience": None},
        {"issuer": "a", "audience": "b", "leeway": None},
        {"issuer": "a", "audience": "b", "max_lifetime": None},
        {"issuer": "a", "audience": "b", "require_subject": 1},
    ]
    for options in every:
        with pytest.raises(JitError):
            Verifier(key, **options)


def test_pyjwt_both_ways(key: SigningKey, minter: Minter, verifier: Verifier) -> None:
    jwt = pytest.importorskip("jwt")
    read = jwt.decode(minter.mint("kevin", {"a": 1}), bytes(32), algorithms=["HS256"], audience=NAMES["audience"])
    assert (read["sub"], read["a"]) == ("kevin", 1)
    # The published sample's float dates, without `nbf`.
    now = datetime.now(timezone.utc)
    claims = {"iss": NAMES["issuer"], "aud": NAMES["audience"], "sub": "kevin", "iat": now.timestamp()}
    token = jwt.encode({**claims, "exp": (now + timedelta(minutes=5)).timestamp()}, bytes(32), algorithm="HS256")
    assert verifier.verify(token)["sub"] == "kevin"


def test_joserfc_both_ways(minter: Minter, verifier: Verifier) -> None:
    joserfc_jwt = pytest.importorskip("joserfc.jwt")
    from joserfc.jwk import OctKey

    key = OctKey.import_key(bytes(32))
    assert joserfc_jwt.decode(minter.mint("kevin"), key).claims["sub"] == "kevin"
    claims = {"iss": NAMES["issuer"], "aud": NAMES["audience"], "sub": "kevin", "exp": int(time.time()) + 60}
    assert verifier.verify(joserfc_jwt.encode({"alg": "HS256"}, claims, key))["sub"] == "kevin"


def test_what_applications_write_by_hand(verifier: Verifier) -> None:
    def segment(data: bytes) -> bytes:
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    claims = {"iss": NAMES["issuer"], "aud": [NAMES["audience"], "other"], "exp": int(time.time()) + 60}
    signed = segment(b'{"typ": "JWT", "alg": "HS256"}') + b"." + segment(json.dumps(claims).encode())
    token = signed + b"." + segment(hmac.new(bytes(32), signed, hashlib.sha256).digest())
    assert verifier.verify(token.decode())["iss"] == NAMES["issuer"]


def test_njwts_builder(key: SigningKey) -> None:
    jwt = Jwt.create({"iss": "a"}, now=1_700_000_000, jti="1").set_claim("b", [1]).set_expiration(1_700_000_060)
    assert jwt.claims == {"iss": "a", "jti": "1", "iat": 1_700_000_000, "exp": 1_700_000_060, "b": [1]}
    assert jwt.header == {"typ": "JWT", "alg": "HS256"}
    assert UnverifiedToken.parse(jwt.compact(key)).claims == jwt.claims
    assert "exp" not in jwt.set_expiration(None).claims
    with pytest.raises(TokenError):
        jwt.set_header("alg", "none").compact(key)


def test_the_catalogue_has_a_class_for_each_family() -> None:
    from pathlib import Path

    import jit_approvals
    from jit_approvals._types import EXCEPTIONS

    file = json.loads((Path(__file__).parents[3] / "tests/vectors/errors.json").read_text("utf-8"))
    rows = [{"number": row.number, "code": row.code, "family": row.family, "status": row.status} for row in CATALOGUE]
    assert rows == file["errors"] and len(rows) == file["count"]
    families = {row.family for row in CATALOGUE}
    classes = {made.family: made for made in JitError.__subclasses__()}
    assert set(classes) == families
    assert classes == EXCEPTIONS
    assert all(getattr(jit_approvals, made.__name__) is made for made in classes.values())
    assert issubclass(JitError, Exception)


def test_what_a_verifier_needs(key: SigningKey) -> None:
    """Each call is also a mistake for type checkers: a needless `ignore` fails there."""
    calls: list[Callable[[], object]] = [
        lambda: Verifier(key),  # type: ignore[call-overload]
        lambda: Verifier(key, issuer="a"),  # type: ignore[call-overload]
        lambda: Verifier(key, audience="a"),  # type: ignore[call-overload]
        lambda: Verifier(key, issuer="a", any_issuer=True, audience="b"),  # type: ignore[call-overload]
        lambda: Verifier(key, any_issuer=True, audience="b", any_audience=True),  # type: ignore[call-overload]
    ]
    for call in calls:
        with pytest.raises(JitError):
            call()
    assert Verifier(key, any_issuer=True, any_audience=True)


def test_mint_many() -> None:
    key = SigningKey.from_base64("A" * 44)
    minter = Minter(key, issuer="shop", audience="host")
    verifier = Verifier(key, issuer="shop", audience="host")
    claims = [verifier.verify(token) for token in minter.mint_many((name for name in ("ann", "bob")), {"plan": "gold"})]
    assert [each["sub"] for each in claims] == ["ann", "bob"]
    assert [each["plan"] for each in claims] == ["gold", "gold"]
    assert claims[0]["jti"] != claims[1]["jti"]
    assert minter.mint_many([]) == []
    for wrong, field in ((["ann", None], "subjects[1]"), ("ann", "subjects"), (None, "subjects")):
        with pytest.raises(InputError) as caught:
            minter.mint_many(wrong)  # type: ignore[arg-type]
        assert caught.value.field == field
