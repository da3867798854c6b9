"""No panic crosses into Python. Runs only with a build that panics in every call."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from jit_approvals import InternalError

native: Any = importlib.import_module("jit_approvals._native")


@pytest.mark.skipif(not hasattr(native, "panics"), reason="needs the feature `panicking`")
def test_a_panic_becomes_an_exception() -> None:
    for call in (native.panics, native.Panicking().method):
        with pytest.raises(InternalError) as raised:
            call()
        assert (raised.value.code, raised.value.message) == ("caught_panic", "an internal error; this is a bug")
