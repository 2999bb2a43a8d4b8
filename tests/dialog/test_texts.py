"""Texts that are put together on this side, in the language of Home Assistant."""

import pytest

from custom_components.application_credentials.data import DATA
from custom_components.application_credentials.dialog.texts import (
    async_error_text,
    async_get_texts,
)
from custom_components.application_credentials.errors import StorageFailed
from custom_components.application_credentials.models import Finding, Verdict
from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.core import HomeAssistant
from tests.common import Wire, add_account, as_shown


async def test_texts_are_in_the_language_of_home_assistant(
    hass: HomeAssistant, wire: Wire
) -> None:
    """In English, where it has none of that language."""
    said = {}
    for language in ("en", "de", "eo"):
        hass.config.language = language
        said[language] = (await async_get_texts(hass)).text("add")
    assert said["en"] == said["eo"] == "Add a credential"
    assert said["de"] != said["en"]


async def test_errors_are_told_in_the_language_of_home_assistant(
    hass: HomeAssistant, wire: Wire
) -> None:
    """In a log and on the wire they are in English."""
    err = StorageFailed("storage_failed", reason="{disk}")
    english = "This could not be saved, and nothing was changed: {disk}"
    assert str(err) == await async_error_text(hass, err) == english
    hass.config.language = "de"
    german = await async_error_text(hass, err)
    assert german != english
    assert german.endswith(": {disk}")
    assert str(err) == english


@pytest.mark.parametrize(
    ("finding", "text", "said"),
    [
        (
            Finding(Verdict.ACCEPTED, error="invalid_grant"),
            "accepted by the provider",
            "",
        ),
        (
            Finding(Verdict.REJECTED, error="invalid_client", error_description="No"),
            "rejected by the provider",
            "The provider said: invalid_client: No",
        ),
        (
            Finding(Verdict.REJECTED, error="invalid_client"),
            "rejected by the provider",
            "The provider said: invalid_client",
        ),
        (Finding(), "the provider gave no clear answer", ""),
        (
            Finding(error="{name}"),
            "the provider gave no clear answer",
            "The provider said: {name}",
        ),
    ],
)
async def test_a_finding_is_told_with_the_words_of_the_provider(
    hass: HomeAssistant, wire: Wire, finding: Finding, text: str, said: str
) -> None:
    """Word for word, but of an accepted client: that there is no such code says nothing."""
    texts = await async_get_texts(hass)
    assert texts.finding(finding) == text
    assert as_shown(texts.said(finding)) == said


async def test_integrations_are_called_by_their_names(
    hass: HomeAssistant, wire: Wire
) -> None:
    """One that is not there any more, by its domain."""
    texts = await async_get_texts(hass)
    assert texts.name("google_mail") == "Google Mail"
    assert texts.name("long_gone") == "long_gone"


async def test_the_overview_has_a_line_for_each_credential(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Names may hold what a text has placeholders for."""
    await wire.create("a", name="Zoo")
    await wire.create("m")
    await wire.create("z", name="{count}")
    add_account(hass, "shop_a")
    texts = await async_get_texts(hass)
    lines = texts.overview(hass.data[DATA_COLLECTION].records_of("shop"))
    assert list(lines.items()) == [
        ("shop_a", "Zoo (accounts: 1; not checked yet)"),
        ("shop_m", "shop (accounts: 0; not checked yet)"),
        ("shop_z", "{count} (accounts: 0; not checked yet)"),
    ]


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (Finding(Verdict.ACCEPTED, Verdict.UNKNOWN), "accepted by the provider"),
        (
            Finding(Verdict.ACCEPTED, Verdict.REJECTED),
            "the provider does not know the redirect URI",
        ),
        (Finding(Verdict.REJECTED), "rejected by the provider"),
    ],
)
async def test_the_overview_says_what_is_wrong(
    hass: HomeAssistant, wire: Wire, finding: Finding, said: str
) -> None:
    """Of an accepted client, too, that nobody can be linked with."""
    record = await wire.create()
    hass.data[DATA].findings.async_adopt("shop_abc", record, finding)
    texts = await async_get_texts(hass)
    lines = texts.overview(hass.data[DATA_COLLECTION].records_of("shop"))
    assert said in lines["shop_abc"]


async def test_what_is_said_of_the_code_of_a_check_is_not_told(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Nobody entered one; it comes where a provider looks at it before the client."""
    finding = Finding(error="invalid_grant", error_description="The code has expired.")
    texts = await async_get_texts(hass)
    assert "The code has expired" in texts.said(finding).replace("\\", "")
    assert texts.said(finding._replace(is_about_grant=True)) == ""


async def test_what_uses_a_credential_is_told(hass: HomeAssistant, wire: Wire) -> None:
    """Account by account, with what a new client means for them, or that there is none."""
    record = await wire.create("abc")
    texts = await async_get_texts(hass)
    told = await texts.async_use(record)
    assert told.startswith("No account uses it yet: [add an account of shop]")
    for title in "ab":
        add_account(hass, "shop_abc", title=title, entry_id=title)
    hass.data[DATA].state.link_requests["b"] = ""
    told = await texts.async_use(record)
    assert told.startswith(
        "Accounts that use it:\n\n- a\n- b (asks to be linked again)\n\n"
    )
    assert "shop cannot link an account again" in told
