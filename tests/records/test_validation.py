"""What a client ID, a client secret and a name may hold."""

from typing import Any

import pytest

from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.common import SHOP, Wire, client, fault

# RFC 6749 appendix A.1 and A.2: VSCHAR is %x20-7E.
VSCHAR = "".join(chr(code) for code in range(0x20, 0x7F))

# Where it is in the value, as a person counts; and what the error calls it.
CHARACTERS = [
    ("ab\u200bcd", "position 3: ZERO WIDTH SPACE (U+200B)"),
    ("\u200bab", "position 1: ZERO WIDTH SPACE (U+200B)"),
    ("abcd\u00e9", "position 5: LATIN SMALL LETTER E WITH ACUTE (U+00E9)"),
    ("a\tb", "position 2: Cc (U+0009)"),
    ("a\nb", "position 2: Cc (U+000A)"),
    ("a\x1fb", "position 2: Cc (U+001F)"),
    ("a\x7fb", "position 2: Cc (U+007F)"),
    ("a\ue000b", "position 2: Co (U+E000)"),
    ("a\U0001f511b", "position 2: KEY (U+1F511)"),
]

LENGTHS = [("client_id", 1024), ("client_secret", 4096), ("name", 255)]

# What Home Assistant's page of credentials calls its fields.
CALLED = {
    "client_id": "OAuth client ID",
    "client_secret": "OAuth client secret",
    "name": "Name",
}


async def test_all_that_the_rfc_allows_is_stored_as_it_is(wire: Wire) -> None:
    """Every visible ASCII character, and a space in the middle, may be in both."""
    value = f"x{VSCHAR}x"
    record = await wire.create(value, client_secret=value)
    assert record["client_id"] == value
    assert record["client_secret"] == value


@pytest.mark.parametrize("space", [" ", "\n", "\t \r\n", "\u00a0", "\u3000"])
async def test_space_around_a_value_is_taken_away(wire: Wire, space: str) -> None:
    """What comes along when a value is copied from a page is no part of it."""
    record = await wire.create(f"{space}abc{space}", client_secret=f"{space}s t{space}")
    assert record["client_id"] == "abc"
    assert record["client_secret"] == "s t"
    assert record == await wire.get(
        "update",
        application_credentials_id=record["id"],
        client_id=f"{space}abc",
        client_secret=f"s t{space}",
    )


@pytest.mark.parametrize("field", ["client_id", "client_secret"])
@pytest.mark.parametrize(("value", "fault"), CHARACTERS)
async def test_a_character_that_cannot_be_is_named_with_its_place(
    wire: Wire, field: str, value: str, fault: str
) -> None:
    """The error says which field, which character and where, in a create and an update."""
    refusal = (
        "invalid_format",
        (
            f"{CALLED[field]} has a character that is not allowed at {fault}."
            " Remove it, or copy the value again"
        ),
    )
    assert await wire.refused("create", **client(**{field: value})) == refusal
    record = await wire.create()
    changes: dict[str, Any] = {field: value}
    assert (
        await wire.refused("update", application_credentials_id=record["id"], **changes)
        == refusal
    )
    assert await wire.get("list") == [record]


@pytest.mark.parametrize("empty", ["", "  ", "\n"])
async def test_an_empty_client_id_is_refused(wire: Wire, empty: str) -> None:
    """There is no client without an ID."""
    refusal = (
        "invalid_format",
        "OAuth client ID is empty. Copy it from the provider's page",
    )
    assert await wire.refused("create", **client(empty)) == refusal
    record = await wire.create()
    assert (
        await wire.refused(
            "update", application_credentials_id=record["id"], client_id=empty
        )
        == refusal
    )


async def test_an_empty_client_secret_is_that_of_a_public_client(wire: Wire) -> None:
    """RFC 6749 section 2.1: a public client has no secret."""
    record = await wire.create(client_secret="")
    assert record["client_secret"] == ""
    item_id = record["id"]
    await wire.get("update", application_credentials_id=item_id, client_secret="s")
    record = await wire.get(
        "update", application_credentials_id=item_id, client_secret=" "
    )
    assert record["client_secret"] == ""


@pytest.mark.parametrize(("field", "limit"), LENGTHS)
async def test_a_value_is_bounded_in_length(wire: Wire, field: str, limit: int) -> None:
    """The longest that is allowed is stored; one more character is refused."""
    refusal = ("invalid_format", f"{CALLED[field]} is longer than {limit} characters")
    longest, too_long = "x" * limit, "x" * (limit + 1)
    assert await wire.refused("create", **client(**{field: too_long})) == refusal
    record = await wire.create(**{field: longest})
    assert record[field] == longest
    item_id = record["id"]
    changes: dict[str, Any] = {field: too_long}
    assert (
        await wire.refused("update", application_credentials_id=item_id, **changes)
        == refusal
    )
    await wire.get("update", application_credentials_id=item_id, **{field: longest})


@pytest.mark.parametrize("name", ["", "  ", "\n"])
async def test_a_name_that_cannot_be_seen_is_none(wire: Wire, name: str) -> None:
    """A blank name is not stored, so that the client ID is shown in its place."""
    assert "name" not in await wire.create(name=name)


async def test_a_name_may_hold_any_character(wire: Wire) -> None:
    """A name is for people, and no matter of RFC 6749."""
    assert (await wire.create(name="Küche 🔑"))["name"] == "Küche 🔑"


async def test_a_number_is_taken_as_the_text_that_it_is(wire: Wire) -> None:
    """As in the original, whatever has one text is that text."""
    record = await wire.create(client_id=123, client_secret=45.5, name=6)  # type: ignore[arg-type]
    assert record == {
        "id": "shop_123",
        "domain": SHOP,
        "client_id": "123",
        "client_secret": "45.5",
        "name": "6",
    }


@pytest.mark.parametrize("command", ["create", "update"])
@pytest.mark.parametrize("field", ["client_id", "client_secret"])
@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "string value is None"),
        (["the-value"], "value should be a string"),
        ({"the-value": "the-value"}, "value should be a string"),
    ],
)
async def test_a_value_of_another_type_is_refused_without_a_word_of_it(
    wire: Wire, command: str, field: str, value: Any, said: str
) -> None:
    """The error has the original's words, but for those that quote the value."""
    record = await wire.create("other")
    request = (
        client(**{field: value})
        if command == "create"
        else {"application_credentials_id": record["id"], field: value}
    )
    answer = await wire.ask(command, **request)
    assert answer["error"]["code"] == "invalid_format"
    assert answer["error"]["message"] == fault(said, field)
    assert "the-value" not in str(answer)
    assert await wire.get("list") == [record]


@pytest.mark.parametrize("name", [None, "", "   "])
async def test_an_update_takes_a_name_away(wire: Wire, name: str | None) -> None:
    """No name, and one that cannot be seen, are the same."""
    item_id = (await wire.create(name="Kitchen"))["id"]
    record = await wire.get("update", application_credentials_id=item_id, name=name)
    assert record == {"id": item_id, **client()}
    assert await wire.get("list") == [record]


async def test_space_around_a_name_is_taken_away(wire: Wire) -> None:
    """When it is created, and when it is changed."""
    created = await wire.create(name=" Cellar\n")
    assert created["name"] == "Cellar"
    item_id = created["id"]
    record = await wire.get(
        "update", application_credentials_id=item_id, name=" Kitchen "
    )
    assert record["name"] == "Kitchen"


async def test_an_update_of_nothing_is_refused(wire: Wire) -> None:
    """A request that says nothing about the record is a mistake."""
    item_id = (await wire.create())["id"]
    assert await wire.refused("update", application_credentials_id=item_id) == (
        "invalid_format",
        "Nothing to change: send name, client_id or client_secret",
    )


@pytest.mark.parametrize("field", ["domain", "auth_domain", "colour"])
async def test_an_update_refuses_what_cannot_be_changed(wire: Wire, field: str) -> None:
    """A record stays with its integration, and keeps what entries call it by."""
    record = await wire.create()
    changes: dict[str, Any] = {field: "other"}
    assert await wire.refused(
        "update", application_credentials_id=record["id"], **changes
    ) == ("invalid_format", fault("not a valid option", field))
    assert await wire.get("list") == [record]


@pytest.mark.parametrize(
    ("client_id", "client_secret"),
    [
        ("ab\u200bc", "s\u00e9cret"),
        ("x" * 2000, "y" * 5000),
        ("", "s"),
        ("abc", ""),
        (12, 34),
    ],
)
async def test_an_import_is_as_lenient_as_the_original(
    hass: HomeAssistant, wire: Wire, client_id: Any, client_secret: Any
) -> None:
    """What an integration has always imported is imported still."""
    await async_import_client_credential(
        hass, SHOP, ClientCredential(client_id, client_secret, "n" * 300)
    )
    [record] = await wire.get("list")
    assert record["client_id"] == str(client_id)
    assert record["client_secret"] == str(client_secret)
    assert record["name"] == "n" * 300


@pytest.mark.parametrize("value", [None, ["the-value"], {"a": "the-value"}])
async def test_an_import_of_what_is_no_text_is_refused(
    hass: HomeAssistant, wire: Wire, value: Any
) -> None:
    """What cannot be a client secret is not stored, nor quoted."""
    with pytest.raises(HomeAssistantError) as refusal:
        await async_import_client_credential(hass, SHOP, ClientCredential("a", value))
    assert "'client_secret'" in str(refusal.value)
    assert "the-value" not in str(refusal.value)
    assert await wire.get("list") == []


async def test_all_that_is_wrong_is_said_at_once(wire: Wire) -> None:
    """As in the original, one line for each fault."""
    assert await wire.refused("create", client_id=None, colour="blue") == (
        "invalid_format",
        (
            f"{fault('not a valid option', 'colour')}\n"
            f"{fault('required key not provided', 'client_secret')}\n"
            f"{fault('required key not provided', 'domain')}\n"
            f"{fault('string value is None', 'client_id')}"
        ),
    )
