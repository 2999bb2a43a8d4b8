"""Texts that are put together here and shown by Home Assistant's dialogs.

A dialog translates its own texts; a list of credentials with what is known of
each is put together on this side, in the language of the person who sees it.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.loader import Integration, async_get_integrations
from homeassistant.util import dt as dt_util

from ..accounts.usage import async_can_reauthenticate, entries_using
from ..const import DOMAIN
from ..data import DATA
from ..errors import CredentialError, CredentialNotFound
from ..guides.table import guide_of, has_redirect_uri
from ..models import (
    CredentialRecord,
    Finding,
    Reason,
    Verdict,
    titles,
    with_integration,
)
from ..provider.redirect_uri import FlowRedirectUri
from ..records.collection import DATA_COLLECTION
from ..text import as_block, as_markdown, async_language

# The placeholders of errors that are integrations.
_DOMAINS: Final = ("domain", "other")


class Texts:
    """The texts of the component that are put together on this side."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Take the translations of the category `selector`."""
        self._texts = texts

    def text(self, key: str, **placeholders: Any) -> str:
        """Return the text `key` with its placeholders filled in."""
        text = self._texts.get(f"component.{DOMAIN}.selector.text.options.{key}", key)
        return text.format(**placeholders)

    def finding(self, finding: Finding | None) -> str:
        """Return what a check found out, in a few words: what is wrong comes first."""
        if finding is None:
            return self.text("not_checked")
        if finding.redirect_uri is Verdict.REJECTED:
            return self.text("redirect_uri_rejected")
        return self.text(f"client_{finding.client}")

    def finding_when(self, finding: Finding | None) -> str:
        """Return what was found out about the client, what was said, and when."""
        if finding is None or finding.at is None:
            return self.text("not_checked_long")
        local = dt_util.as_local(finding.at).isoformat(" ", "minutes")[:16]
        result = f"{self.finding_at_length(finding)} {self.said(finding)}".strip()
        return self.text("last_check", time=local, result=result)

    def finding_at_length(self, finding: Finding) -> str:
        """Return what was found out about the client in a sentence, or why nothing was."""
        if finding.client is Verdict.UNKNOWN:
            return self.text(f"unknown_{finding.reason or Reason.UNCLEAR}")
        is_accepted = finding.client is Verdict.ACCEPTED
        return self.text(
            "client_accepted_long" if is_accepted else "client_rejected_long"
        )

    def said(self, finding: Finding | None) -> str:
        """Return what the provider said, word for word, where that helps a person on.

        Before it what it means, where that is known for sure, also after a restart, which
        the words are not kept for.
        Of an accepted client, all that it says is that there is no such code.
        """
        if finding is None or finding.client is Verdict.ACCEPTED:
            return ""
        told = [self.text(f"cause_{finding.cause}")] if finding.cause else []
        if finding.error:
            words = ": ".join(filter(None, (finding.error, finding.error_description)))
            told.append(self.text("said", words=as_markdown(words)))
        return " ".join(told)

    def uri(self, redirect_uri: str | None) -> str:
        """Return a redirect URI as Markdown, or that it is not known."""
        if redirect_uri is None:
            return self.text("redirect_uri_not_known")
        return as_block(redirect_uri)


async def async_get_texts(hass: HomeAssistant, language: str | None = None) -> Texts:
    """Return the texts in a language, by default that of the person in front of the dialog."""
    language = language or await async_language(hass)
    return Texts(await async_get_translations(hass, language, "selector", {DOMAIN}))


async def async_error_text(hass: HomeAssistant, err: CredentialError) -> str:
    """Return what an error says, in the language of Home Assistant.

    The error itself says it in English, for the log and the wire.
    """
    texts = await async_get_translations(
        hass, hass.config.language, "exceptions", {DOMAIN}
    )
    text = texts[f"component.{DOMAIN}.exceptions.{err.translation_key}.message"]
    return text.format(**(err.translation_placeholders or {}))


async def async_own_redirect_uri_text(
    hass: HomeAssistant, domain: str, redirect_uri: FlowRedirectUri
) -> str:
    """Return what the redirect URI is, empty if an integration's provider registers none."""
    if not has_redirect_uri(domain):
        return ""
    texts = await async_get_texts(hass)
    uri = texts.uri(redirect_uri.to_register(hass))
    return texts.text("redirect_uri_is", redirect_uri=uri)


async def async_names(hass: HomeAssistant, domains: Iterable[str]) -> dict[str, str]:
    """Return the proper names of integrations; a domain that is none is its own name."""
    return names_in(await async_get_integrations(hass, set(domains)))


def names_in(integrations: Mapping[str, Integration | Exception]) -> dict[str, str]:
    """Return the proper names of integrations, as they were found by domain."""
    return {
        domain: integration.name if isinstance(integration, Integration) else domain
        for domain, integration in integrations.items()
    }


async def async_name(hass: HomeAssistant, domain: str) -> str:
    """Return the proper name of an integration; a domain that is none is its own name."""
    return (await async_names(hass, [domain]))[domain]


async def async_named(
    hass: HomeAssistant, placeholders: Mapping[str, str]
) -> dict[str, str]:
    """Return the placeholders of an error, with what people call things in them.

    Integrations and credentials by their names.
    """
    domains = [placeholders[key] for key in _DOMAINS if key in placeholders]
    names = await async_names(hass, domains)
    named = {
        key: names[value] if key in _DOMAINS else value
        for key, value in placeholders.items()
    }
    if "existing" in named:
        with suppress(CredentialNotFound):
            record = hass.data[DATA_COLLECTION].record(named["id"])
            named["existing"] = await async_title(hass, record)
    return named


async def async_overview(
    hass: HomeAssistant, records: list[CredentialRecord]
) -> dict[str, str]:
    """Return a line for each of some credentials, by id, sorted by title."""
    texts = await async_get_texts(hass)
    findings = hass.data[DATA].findings
    lines = {
        record["id"]: texts.text(
            "overview_line",
            name=await async_title(hass, record),
            count=len(entries_using(hass, record)),
            finding=texts.finding(findings.get(record["id"])),
        )
        for record in records
    }
    return dict(sorted(lines.items(), key=lambda line: line[1].casefold()))


async def async_title(hass: HomeAssistant, record: CredentialRecord) -> str:
    """Return what people call a credential, beside the others of its integration.

    Also of one that is not stored yet, or not as it is about to be.
    """
    domain = record["domain"]
    stored = hass.data[DATA_COLLECTION].records_of(domain)
    records = {each["id"]: each for each in stored} | {record["id"]: record}
    names = await async_names(hass, [domain])
    return titles(records.values(), names)[record["id"]]


async def async_full_title(hass: HomeAssistant, record: CredentialRecord) -> str:
    """Return what people call a credential, with its integration, as plain text."""
    return with_integration(
        await async_title(hass, record), await async_name(hass, record["domain"])
    )


async def async_about(hass: HomeAssistant, record: CredentialRecord) -> dict[str, str]:
    """Return the placeholders that say which credential this is."""
    integration = await async_name(hass, record["domain"])
    title = await async_title(hass, record)
    behind = with_integration(title, integration).removeprefix(title)
    return {
        "credential": f"**{as_markdown(title)}**{behind}",
        "integration": integration,
    }


async def async_links(
    hass: HomeAssistant, domain: str, *, is_guided: bool = False
) -> str:
    """Return links to the documentation of an integration, and to the provider's pages.

    Those are what its hook has placeholders for. Not where there is a guide beside the
    links (`is_guided`), which names them.
    """
    texts = await async_get_texts(hass)
    links = []
    if documentation := await async_documentation(hass, domain):
        links.append(f"[{texts.text('documentation')}]({documentation})")
    if is_guided and guide_of(domain):
        return "".join(links)
    for value in (await async_placeholders(hass, domain)).values():
        host = urlsplit(str(value)).hostname if _is_link(value) else None
        if host and not host.endswith("home-assistant.io"):
            links.append(f"[{host}]({value})")
    return ", ".join(dict.fromkeys(links))


async def async_placeholders(hass: HomeAssistant, domain: str) -> dict[str, Any]:
    """Return the description placeholders of an integration, if they are some."""
    described = await hass.data[DATA].hooks.async_describe([domain])
    placeholders = described.get(domain)
    return placeholders if isinstance(placeholders, dict) else {}


async def async_documentation(hass: HomeAssistant, domain: str) -> str | None:
    """Return where the documentation of an integration is, None where it names none."""
    integration = (await async_get_integrations(hass, [domain]))[domain]
    return integration.documentation if isinstance(integration, Integration) else None


def _is_link(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://"))


async def async_use_text(
    hass: HomeAssistant, record: CredentialRecord, finding: Finding | None
) -> str:
    """Return which accounts use a credential, and what a new client means for them.

    Where none does, how to add one, unless the provider rejects it.
    """
    texts = await async_get_texts(hass)
    if not (entries := entries_using(hass, record)):
        told = await async_outcome(hass, record, finding, [])
        is_rejected = finding is not None and finding.client is Verdict.REJECTED
        return texts.text("no_accounts") if is_rejected or not told else told
    relinks = await async_can_reauthenticate(hass, record["domain"])
    return texts.text(
        "used_by" if relinks else "used_by_unlinkable",
        accounts=account_links(entries),
        integration=await async_name(hass, record["domain"]),
    )


async def async_way_out(
    hass: HomeAssistant, record: CredentialRecord, texts: Texts
) -> str:
    """Return what to do with the accounts of a credential before it can be deleted."""
    others = hass.data[DATA_COLLECTION].others_of(record)
    return texts.text(
        "move_first" if others else "add_first",
        integration=await async_name(hass, record["domain"]),
    )


async def async_outcome(
    hass: HomeAssistant,
    record: CredentialRecord,
    finding: Finding | None,
    entries: list[ConfigEntry],
    *,
    is_new_client: bool = False,
) -> str:
    """Return what follows from a new client ID or client secret for those who use it.

    Without `entries`, how to add an account; empty where the provider does not know
    the redirect URI.
    """
    texts = await async_get_texts(hass)
    finding = finding or Finding()
    if finding.client is Verdict.REJECTED:
        accounts = account_links(entries)
        return f"{texts.text('outcome_rejected')}\n\n{accounts}".strip()
    integration = await async_name(hass, record["domain"])
    if not entries:
        if finding.redirect_uri is Verdict.REJECTED:
            return ""
        link = f"/config/integrations/dashboard/add?domain={record['domain']}"
        return texts.text("outcome_nobody", integration=integration, link=link)
    relinks = await async_can_reauthenticate(hass, record["domain"])
    return texts.text(
        "outcome_reloaded"
        if not is_new_client
        else "outcome_relink"
        if relinks
        else "outcome_stopped",
        accounts=account_links(entries),
        integration=integration,
    )


async def async_result(
    hass: HomeAssistant,
    domain: str,
    finding: Finding,
    redirect_uri: FlowRedirectUri,
    patience: str,
) -> str:
    """Return what a provider makes of a client, what it said, and of the redirect URI.

    `patience` is that the client may be too new. A redirect URI that it does not know comes first. None is named where there is none
    to register.
    """
    texts = await async_get_texts(hass)
    told = [texts.finding_at_length(finding), texts.said(finding), patience]
    if finding.redirect_uri is Verdict.UNKNOWN and not has_redirect_uri(domain):
        return "\n\n".join(filter(None, told))
    uri = texts.text(
        f"redirect_uri_{finding.redirect_uri}_long",
        redirect_uri=texts.uri(redirect_uri.to_register(hass)),
    )
    is_unknown_there = finding.redirect_uri is Verdict.REJECTED
    told = [uri, *told] if is_unknown_there else [*told, uri]
    return "\n\n".join(filter(None, told))


async def async_same_client_text(hass: HomeAssistant, domains: Iterable[str]) -> str:
    """Return that the same client is stored for other integrations, empty for none."""
    if not (names := await async_names(hass, domains)):
        return ""
    texts = await async_get_texts(hass)
    return texts.text(
        "same_client",
        integrations=", ".join(sorted(names.values(), key=str.casefold)),
    )


def account_links(entries: Iterable[ConfigEntry]) -> str:
    """Return config entries as a Markdown list that leads to each of them."""
    return "\n".join(
        f"- [{as_markdown(entry.title)}](/config/integrations/integration/"
        f"{entry.domain}#config_entry={entry.entry_id})"
        for entry in entries
    )
