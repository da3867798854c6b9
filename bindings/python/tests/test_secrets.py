"""A key shows nothing of itself."""

from __future__ import annotations

import copy
import io
import pickle
import traceback

import pytest

from jit_approvals import AccessTokenVerifier, Minter, SigningKey, Verifier

from .conftest import NAMES

TEXT = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U="
BYTES = b"secretsecretsecretsecretsecretse"


def test_a_key_shows_nothing() -> None:
    key = SigningKey.from_base64(TEXT, id="k1")
    holders = [
        key,
        Minter(key, **NAMES),
        Verifier(key, **NAMES),
        AccessTokenVerifier(key, issuer="a", application="b"),
    ]
    for holder in holders:
        shown = [repr(holder), str(holder), str(dir(holder)), f"{holder!a}"]
        try:
            raise ValueError
        except ValueError as error:
            report = traceback.TracebackException.from_exception(error, capture_locals=True)
            out = io.StringIO()
            out.writelines(line for line in report.format() if "holders" not in line)
            shown.append(repr(holder))
        for text in shown:
            assert TEXT not in text and "secretsecret" not in text
        assert not hasattr(holder, "__dict__")
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises(TypeError, match="cannot be pickled"):
                pickle.dumps(holder, protocol)
        with pytest.raises(AttributeError):
            holder.secret = 1  # type: ignore[attr-defined]
    assert repr(key) == 'SigningKey(id="k1")'
    assert copy.copy(key) is key and copy.deepcopy([key])[0] is key


def test_a_traceback_with_locals_shows_nothing() -> None:
    def fails() -> None:
        key = SigningKey.from_bytes(BYTES)
        Minter(key, issuer="", audience="b")

    try:
        fails()
    except Exception as error:
        report = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert "secretsecret" not in "".join(report.format())


def test_errors_of_keys_show_nothing() -> None:
    for call in (
        lambda: SigningKey.from_base64(TEXT + "!"),
        lambda: SigningKey.from_bytes(BYTES[:10]),
        lambda: SigningKey.from_base64(TEXT, least_bytes=1000),
        lambda: Minter(BYTES, **NAMES),  # type: ignore[arg-type]
        lambda: Verifier(TEXT, **NAMES),  # type: ignore[arg-type]
    ):
        with pytest.raises(Exception) as raised:
            call()
        assert "secretsecret" not in str(raised.value) and TEXT[:8] not in repr(raised.value)
