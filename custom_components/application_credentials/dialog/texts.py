"""Texts that are put together here and shown by Home Assistant's dialogs.

A dialog translates its own texts; a list of credentials with what is known of
each is put together on this side, in the language of the person who sees it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.loader import (
    Integration,
    async_get_application_credentials,
    async_get_integrations,
)
from homeassistant.util import dt as dt_util

from ..accounts.relink import is_link_requested
from ..accounts.usage import (
    async_can_reauthenticate,
    entries_using,
    has_own_name,
    move_targets,
)
from ..const import DOMAIN, REPAIRS_PAGE
from ..data import DATA
from ..errors import CredentialError
from ..guides.table import has_redirect_uri
from ..models import (
    CredentialRecord,
    Finding,
    Reason,
    Verdict,
    titles,
    with_integration,
)
from ..records.collection import DATA_COLLECTION
from ..text import as_address, as_markdown, as_paragraph, async_texts

type Integrations = Mapping[str, Integration | Exception]


class Texts:
    """Sentences about credentials, integrations and what providers say, in one language."""

    def __init__(
        self, hass: HomeAssistant, texts: Mapping[str, str], integrations: Integrations
    ) -> None:
        """Initialize with translations of the category `selector`, and all integrations."""
        self._hass = hass
        self._texts = texts
        self._integrations = integrations

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
        result = as_paragraph(self.finding_at_length(finding), self.said(finding))
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

        The cause comes first, if it is known. It is kept over a restart; the words are not.
        Empty for an accepted client, and where the provider says no more than that there
        is no such code as that of the check.
        """
        if (
            finding is None
            or finding.client is Verdict.ACCEPTED
            or finding.is_about_grant
        ):
            return ""
        told = [self.text(f"cause_{finding.cause}")] if finding.cause else []
        if finding.error:
            words = ": ".join(filter(None, (finding.error, finding.error_description)))
            told.append(self.text("said", words=as_markdown(words)))
        return as_paragraph(*told)

    def uri(self, redirect_uri: str | None) -> str:
        """Return a redirect URI as Markdown, or that it is not known."""
        if redirect_uri is None:
            return self.text("redirect_uri_not_known")
        return as_address(redirect_uri)

    def own_redirect_uri(self, domain: str, redirect_uri: str | None) -> str:
        """Return what the redirect URI is, empty if the provider registers none."""
        if not has_redirect_uri(domain):
            return ""
        return self.text("redirect_uri_is", redirect_uri=self.uri(redirect_uri))

    def result(
        self, domain: str, finding: Finding, patience: str, redirect_uri: str | None
    ) -> str:
        """Return what a provider makes of a client, what it said, and of the redirect URI.

        `patience` is that the client may be too new. A redirect URI that is not known
        comes first. None is named where there is none to register.
        """
        of_client = [self.finding_at_length(finding), self.said(finding), patience]
        of_uri = ""
        if finding.redirect_uri is not Verdict.UNKNOWN or has_redirect_uri(domain):
            of_uri = self.text(
                f"redirect_uri_{finding.redirect_uri}_long",
                redirect_uri=self.uri(redirect_uri),
            )
        is_first = finding.redirect_uri is Verdict.REJECTED
        told = [of_uri, *of_client] if is_first else [*of_client, of_uri]
        return "\n\n".join(filter(None, told))

    def name(self, domain: str) -> str:
        """Return the proper name of an integration; a domain that is none is its own name."""
        return names_in({domain: self._integrations.get(domain)})[domain]

    def documentation(self, domain: str) -> str | None:
        """Return where the documentation of an integration is, None where it names none."""
        return getattr(self._integrations.get(domain), "documentation", None)

    def link(self, domain: str) -> str:
        """Return a link to the documentation of an integration, empty where it names none."""
        documentation = self.documentation(domain)
        return (
            f"[{self.text('documentation')}]({documentation})" if documentation else ""
        )

    def title(self, record: CredentialRecord) -> str:
        """Return what people call a credential, beside the others of its integration.

        Also of one that is not stored yet, or not as it is about to be.
        """
        domain = record["domain"]
        stored = self._hass.data[DATA_COLLECTION].records_of(domain)
        records = {each["id"]: each for each in stored} | {record["id"]: record}
        return titles(records.values(), {domain: self.name(domain)})[record["id"]]

    def full_title(self, record: CredentialRecord) -> str:
        """Return what people call a credential, with its integration, as plain text."""
        return with_integration(self.title(record), self.name(record["domain"]))

    def about(self, record: CredentialRecord) -> dict[str, str]:
        """Return the placeholders that say which credential this is."""
        title = self.title(record)
        behind = self.full_title(record).removeprefix(title)
        return {
            "credential": f"**{as_markdown(title)}**{behind}",
            "integration": self.name(record["domain"]),
        }

    def named(self, placeholders: Mapping[str, str]) -> dict[str, str]:
        """Return the placeholders of an error, with its integration by its name."""
        return {
            key: self.name(value) if key == "domain" else value
            for key, value in placeholders.items()
        }

    def overview(self, records: list[CredentialRecord]) -> dict[str, str]:
        """Return a line for each of some credentials, by id."""
        findings = self._hass.data[DATA].findings
        return {
            record["id"]: self.text(
                "overview_line",
                name=self.title(record),
                count=len(entries_using(self._hass, record)),
                finding=self.finding(findings.get(record["id"])),
            )
            for record in records
        }

    def same_client(self, records: list[CredentialRecord]) -> str:
        """Return for which integrations the same client is stored, empty for none."""
        names = sorted(
            {self.name(each["domain"]) for each in records}, key=str.casefold
        )
        return self.text("same_client", integrations=", ".join(names)) if names else ""

    async def async_way_out(self, record: CredentialRecord) -> str:
        """Return what to do with the accounts of a credential before it can be deleted."""
        integration = self.name(record["domain"])
        if not await async_can_reauthenticate(self._hass, record["domain"]):
            return self.text("move_impossible", integration=integration)
        if has_own_name(self._hass, record):
            return self.text("move_not_chosen", integration=integration)
        targets = move_targets(self._hass, record)
        return self.text(
            "move_first" if targets else "add_first", integration=integration
        )

    async def async_use(self, record: CredentialRecord) -> str:
        """Return which accounts use a credential, and what a new client means for them.

        Where none does, how to add one, unless the provider rejects it.
        """
        if not (entries := entries_using(self._hass, record)):
            if self._hass.data[DATA].findings.rejection(record["id"]):
                return self.text("no_accounts")
            return self.outcome(record, [])
        relinks = await async_can_reauthenticate(self._hass, record["domain"])
        return self.text(
            "used_by" if relinks else "used_by_unlinkable",
            accounts=self._accounts(entries),
            integration=self.name(record["domain"]),
        )

    def _accounts(self, entries: Iterable[ConfigEntry]) -> str:
        """Return config entries as a Markdown list that says which ask to be linked again.

        It stands above fields, and a link would lead away from what is typed there.
        """
        lines = []
        for entry in entries:
            is_asking = is_link_requested(self._hass, entry)
            asks = f" ({self.text('asks')})" if is_asking else ""
            lines.append(f"- {as_markdown(entry.title)}{asks}")
        return "\n".join(lines)

    def outcome(
        self,
        record: CredentialRecord,
        entries: list[ConfigEntry],
        *,
        is_new_client: bool = False,
    ) -> str:
        """Return what follows from a new client ID or client secret for the accounts.

        Without `entries`, how to add an account; empty where the provider does not know
        the redirect URI.
        """
        finding = self._hass.data[DATA].findings.get(record["id"]) or Finding()
        if finding.client is Verdict.REJECTED:
            return self.text("outcome_rejected", link=REPAIRS_PAGE)
        integration = self.name(record["domain"])
        if not entries:
            if finding.redirect_uri is Verdict.REJECTED:
                return ""
            link = f"/config/integrations/dashboard/add?domain={record['domain']}"
            return self.text("outcome_nobody", integration=integration, link=link)
        told = []
        if asked := [
            entry for entry in entries if is_link_requested(self._hass, entry)
        ]:
            told = [self.text("outcome_relink", accounts=account_links(asked))]
        others = [entry for entry in entries if entry not in asked]
        if others and not is_new_client:
            told.append(self.text("outcome_reloaded", accounts=account_links(others)))
        elif others:
            # The same client may be that of several integrations.
            for domain in dict.fromkeys(entry.domain for entry in others):
                stopped = [entry for entry in others if entry.domain == domain]
                told.append(
                    self.text(
                        "outcome_stopped",
                        accounts=account_links(stopped),
                        integration=self.name(domain),
                    )
                )
        return "\n\n".join(told)


async def async_get_texts(hass: HomeAssistant, language: str | None = None) -> Texts:
    """Return the texts in a language, by default that of the person in front of the dialog."""
    texts = await async_texts(hass, "selector", language=language)
    stored = hass.data[DATA_COLLECTION].data.values()
    domains = {
        *(record["domain"] for record in stored),
        *await async_get_application_credentials(hass),
    }
    return Texts(hass, texts, await async_get_integrations(hass, domains))


async def async_error_text(hass: HomeAssistant, err: CredentialError) -> str:
    """Return what an error says, in the language of Home Assistant.

    The error itself says it in English, for the log and the wire.
    """
    texts = await async_texts(hass, "exceptions", language=hass.config.language)
    text = texts[f"component.{DOMAIN}.exceptions.{err.translation_key}.message"]
    return text.format(**(err.translation_placeholders or {}))


def names_in(
    integrations: Mapping[str, Integration | Exception | None],
) -> dict[str, str]:
    """Return the proper names of integrations; a domain that is none is its own name."""
    return {
        domain: integration.name if isinstance(integration, Integration) else domain
        for domain, integration in integrations.items()
    }


def account_links(entries: Iterable[ConfigEntry]) -> str:
    """Return config entries as a Markdown list that leads to each of them."""
    return "\n".join(
        f"- [{as_markdown(entry.title)}](/config/integrations/integration/"
        f"{entry.domain}#config_entry={entry.entry_id})"
        for entry in entries
    )
