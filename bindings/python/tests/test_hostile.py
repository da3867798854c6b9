"""Objects that lie, change or never end are rejected or harmless."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jit_approvals import InputError, JitError, Minter, SigningKey, Template, Verifier, plain_text

from .conftest import EVERYONE, NAMES, ORIGIN, RECORD

KEY = SigningKey.from_bytes(bytes(32))
MINTER = Minter(KEY, **NAMES)
VERIFIER = Verifier(KEY, **NAMES)
TEMPLATE = Template.parse(RECORD)


class Lying(Mapping[str, Any]):
    def __getitem__(self, name: str) -> Any:
        return "lie"

    def __iter__(self) -> Iterator[str]:
        return iter(["amount", "amount"])

    def __len__(self) -> int:
        return 1


class Endless(Sequence[Any]):
    def __getitem__(self, index: Any) -> Any:
        return index

    def __len__(self) -> int:
        return 3


class Raising:
    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no")

    __hash__ = None  # type: ignore[assignment]


class Text(str):
    def __str__(self) -> str:
        return "another"

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return id(self)

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return b"another"


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def test_values_that_json_cannot_hold() -> None:
    for value in (
        nested(10_000),
        nested(65),
        float("nan"),
        float("inf"),
        2**64,
        -(2**63) - 1,
        b"bytes",
        bytearray(b"bytes"),
        {1, 2},
        object(),
        Raising(),
        "\ud800",
        {"\ud800": 1},
        {1: 1},
        {Text("a"): 1, Text("a"): 2},
        int,
        (lambda: None),
        Lying(),
    ):
        with pytest.raises(JitError):
            MINTER.mint("kevin", {"value": value})
    cycle: list[Any] = []
    cycle.append(cycle)
    with pytest.raises(JitError):
        MINTER.mint("kevin", {"value": cycle})


def test_subclasses_are_their_data() -> None:
    assert VERIFIER.verify(MINTER.mint(Text("kevin"), {Text("a"): Text("b")}))["a"] == "b"
    assert VERIFIER.verify(MINTER.mint("kevin", {"a": Endless()}))["a"] == [0, 1, 2]
    request = TEMPLATE.open({"metaData": {"amount": Text("5")}}, origin=ORIGIN, directory=EVERYONE)
    assert request.text == "Refund 5 to kevin."


def test_a_dict_that_changes_while_it_is_walked() -> None:
    claims: dict[str, Any] = {}

    class Changing(Mapping[str, Any]):
        def __getitem__(self, name: str) -> Any:
            return 1

        def __iter__(self) -> Iterator[str]:
            claims.clear()
            claims.update({str(number): number for number in range(1000)})
            return iter(["inner"])

        def __len__(self) -> int:
            return 1

    claims.update({"first": Changing(), "last": 2})
    assert VERIFIER.verify(MINTER.mint("kevin", claims))["last"] == 2


def test_a_command_in_the_middle_of_another() -> None:
    request = TEMPLATE.open({"metaData": {"amount": 5}}, origin=ORIGIN, directory=EVERYONE)

    class Entering(Mapping[str, Any]):
        """Approves while the act is read."""

        def __getitem__(self, name: str) -> Any:
            return {"amount": "5"}

        def __iter__(self) -> Iterator[str]:
            request.approve("ann@example.com", content_hash=request.content_hash)
            return iter(["metaData"])

        def __len__(self) -> int:
            return 1

    request.consume(Entering())
    assert len(request.events) == 3


def test_many_members_are_read_in_time_that_grows_with_them() -> None:
    claims = {f"claim{number}": number for number in range(2000)}
    assert len(VERIFIER.verify(MINTER.mint("kevin", claims))) == 2007
    with pytest.raises(JitError):
        MINTER.mint("kevin", {f"claim{number}": number for number in range(200_000)})


def test_messages_are_harmless() -> None:
    name = "x\n2026-01-01 INFO admin\x1b[2K\u202e"
    for call in (
        lambda: TEMPLATE.render({name: "5"}, origin=ORIGIN),
        lambda: TEMPLATE.render({"y" * 90_000: "5"}, origin=ORIGIN),
        lambda: TEMPLATE.render({name: object()}, origin=ORIGIN),
        lambda: MINTER.mint("kevin", {name: "\ud800"}),
    ):
        with pytest.raises(JitError) as raised:
            call()
        for text in (raised.value.message, raised.value.field or ""):
            assert "\n" not in text and "\x1b" not in text and "\u202e" not in text and len(text) < 400


def test_events_that_are_none() -> None:
    from jit_approvals import ApprovalRequest, verify_chain

    every: list[Any] = [None, 5, "{}", {"a": 1}, [5], [None], ["{"], [{}]]
    for events in every:
        with pytest.raises(JitError):
            ApprovalRequest.restore(events)
        with pytest.raises(JitError):
            verify_chain(events)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(json_values)
def test_what_is_minted_is_what_is_verified(value: Any) -> None:
    assert VERIFIER.verify(MINTER.mint("kevin", {"value": value}))["value"] == value


@settings(deadline=None)
@given(st.text())
def test_any_text_is_handled(text: str) -> None:
    for call in (lambda: VERIFIER.verify(text), lambda: TEMPLATE.render({"amount": text}, origin=ORIGIN), lambda: MINTER.mint(text)):
        try:
            call()
        except JitError:
            pass
    try:
        plain = plain_text(text)
    except InputError:
        assert any("\ud800" <= character <= "\udfff" for character in text)
    else:
        assert plain_text(plain) == plain
