"""The repair issues: raised when something is found to be broken, gone when it is mended.

Their texts are in strings.json under `issues`, the flows that fix them in
repairs.py. Whoever is signed in may list them: an issue carries what its title
has placeholders for, and no secret, no client ID and no id made of one.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from hashlib import sha256
import json
from typing import Any, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.const import CONF_CLIENT_ID, CONF_DOMAIN, CONF_ID, CONF_NAME
from homeassistant.core import (
    CALLBACK_TYPE,
    CoreState,
    HassJob,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.collection import CollectionChange
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started
from homeassistant.loader import (
    Integration,
    IntegrationNotLoaded,
    async_get_integrations,
    async_get_loaded_integration,
)
from homeassistant.util import dt as dt_util

from .accounts.link_life import DATA_LINK_LIFE, LinkEnd
from .accounts.linked import async_listen_linked
from .accounts.usage import entries_without_credential
from .const import CONF_AUTH_IMPLEMENTATION, DOMAIN
from .dialog.texts import async_full_title
from .ending import all_of
from .models import CredentialRecord, Finding, Verdict
from .provider.findings import DATA_FINDINGS
from .records.collection import DATA_COLLECTION

CLIENT_REJECTED: Final = "client_rejected"
REDIRECT_URI_REJECTED: Final = "redirect_uri_rejected"
CREDENTIAL_MISSING: Final = "credential_missing"
RECORD_UNREADABLE: Final = "record_unreadable"
LINK_ENDS: Final = "link_ends"
LINK_ENDS_TESTING: Final = "link_ends_testing"
LINK_ENDED: Final = "link_ended"
LINK_ENDED_TESTING: Final = "link_ended_testing"

# By whether the link has ended, and whether Google's app is in "Testing".
_KINDS_OF_ENDS: Final = {
    (False, False): LINK_ENDS,
    (False, True): LINK_ENDS_TESTING,
    (True, False): LINK_ENDED,
    (True, True): LINK_ENDED_TESTING,
}

# Where an app of Google's is published.
PUBLISH_URL: Final = "https://console.cloud.google.com/auth/audience"

_MAX_SHOWN: Final = 100


@callback
def async_setup(hass: HomeAssistant) -> CALLBACK_TYPE:
    """Raise the issues that there are, and follow what raises and what mends one.

    Returns what ends that.
    """
    credentials = hass.data[DATA_COLLECTION]

    @callback
    def found(item_id: str, finding: Finding | None) -> None:
        hass.async_create_task(
            _async_follow_finding(hass, item_id, finding), f"{DOMAIN} issue"
        )

    async def renamed(changes: Iterable[CollectionChange]) -> None:
        for change in changes:
            found(change.item_id, hass.data[DATA_FINDINGS].get(change.item_id))

    for item in credentials.unreadable:
        _raise_unreadable(hass, item)
    return all_of(
        [
            hass.data[DATA_FINDINGS].async_listen(found),
            credentials.async_add_change_set_listener(renamed),
            async_listen_linked(hass, partial(_linked, hass)),
            _MissingCredentials(hass).async_follow(),
            _EndsOfLinks(hass).async_follow(),
        ]
    )


@callback
def _linked(hass: HomeAssistant, record: CredentialRecord) -> None:
    """Take note that the redirect URI of a credential has just worked."""
    hass.data[DATA_FINDINGS].async_accept_redirect_uri(record["id"])


async def _async_follow_finding(
    hass: HomeAssistant, item_id: str, finding: Finding | None
) -> None:
    """Raise or take back what a check found out about a credential."""
    record = hass.data[DATA_COLLECTION].data.get(item_id)
    if record is None or finding is None:
        for kind in (CLIENT_REJECTED, REDIRECT_URI_REJECTED):
            ir.async_delete_issue(hass, DOMAIN, issue_id_of(kind, item_id))
        return
    found = await async_get_integrations(hass, [record["domain"]])
    integration = found[record["domain"]]
    documentation = (
        integration.documentation if isinstance(integration, Integration) else None
    )
    name = await async_full_title(hass, record)
    for kind, verdict in (
        (CLIENT_REJECTED, finding.client),
        (REDIRECT_URI_REJECTED, finding.redirect_uri),
    ):
        if verdict is Verdict.REJECTED:
            ir.async_create_issue(
                hass,
                DOMAIN,
                issue_id_of(kind, item_id),
                data={"kind": kind, CONF_ID: _fingerprint(item_id)},
                is_fixable=True,
                learn_more_url=documentation,
                severity=ir.IssueSeverity.ERROR,
                translation_key=kind,
                translation_placeholders={"name": name},
            )
        elif verdict is Verdict.ACCEPTED or finding.client is Verdict.REJECTED:
            ir.async_delete_issue(hass, DOMAIN, issue_id_of(kind, item_id))


class _MissingCredentials:
    """Says which accounts have no credential any more.

    Not before Home Assistant has started: until then, integrations import their
    credentials and register implementations of their own.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with none; `async_follow` looks."""
        self._hass = hass
        # Finds out what integrations are called that are not loaded.
        self._naming: asyncio.Task[None] | None = None

    @callback
    def async_follow(self) -> CALLBACK_TYPE:
        """Look at all accounts, and again when one or a credential changes.

        Returns what ends that.
        """
        return all_of(
            (
                self._hass.data[DATA_COLLECTION].async_add_change_set_listener(
                    self._async_credentials_changed
                ),
                async_dispatcher_connect(
                    self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed
                ),
                async_at_started(self._hass, self._started),
                self._end_naming,
            )
        )

    async def _async_credentials_changed(
        self, changes: Iterable[CollectionChange]
    ) -> None:
        self._look_through()

    @callback
    def _entry_changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if CONF_AUTH_IMPLEMENTATION in entry.data:
            self._look_through()

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        self._look_through()

    @callback
    def _look_through(self) -> None:
        """Raise the issues, and have those named better that have only a domain."""
        if self._hass.state is not CoreState.running:
            return
        unnamed = self._raise()
        if unnamed and (self._naming is None or self._naming.done()):
            self._naming = self._hass.async_create_task(
                self._async_name(unnamed), f"{DOMAIN} names", eager_start=False
            )

    async def _async_name(self, domains: set[str]) -> None:
        """Find out what integrations are called of which all accounts are disabled."""
        await async_get_integrations(self._hass, domains)
        self._raise()

    @callback
    def _end_naming(self) -> None:
        if self._naming is not None:
            self._naming.cancel()

    @callback
    def _raise(self) -> set[str]:
        """Raise an issue for each account whose credential is gone; take the others back.

        Returns the integrations of which no name is known.
        """
        missing = {
            f"{CREDENTIAL_MISSING}_{entry.entry_id}": entry
            for entry in entries_without_credential(self._hass)
        }
        for issue_id in [
            issue_id
            for domain, issue_id in ir.async_get(self._hass).issues
            if domain == DOMAIN
            and issue_id.startswith(f"{CREDENTIAL_MISSING}_")
            and issue_id not in missing
        ]:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
        for issue_id, entry in missing.items():
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                issue_id,
                data={"kind": CREDENTIAL_MISSING, CONF_ID: entry.entry_id},
                is_fixable=True,
                severity=ir.IssueSeverity.ERROR,
                translation_key=CREDENTIAL_MISSING,
                translation_placeholders={
                    "account": entry.title,
                    "integration": integration_of(self._hass, entry),
                },
            )
        return {
            entry.domain
            for entry in missing.values()
            if _named(self._hass, entry) is None
        }


@callback
def integration_of(hass: HomeAssistant, entry: ConfigEntry) -> str:
    """Return the proper name of the integration of an account, as far as it is known."""
    return _named(hass, entry) or entry.domain


def _named(hass: HomeAssistant, entry: ConfigEntry) -> str | None:
    try:
        return async_get_loaded_integration(hass, entry.domain).name
    except IntegrationNotLoaded:
        return None


def issue_id_of(kind: str, item_id: str) -> str:
    """Return the id of the issue of this kind about a credential, whose own id tells its client."""
    return f"{kind}_{_fingerprint(item_id)}"


@callback
def credential_with(hass: HomeAssistant, fingerprint: str) -> str:
    """Return the id of the credential of an issue, an empty one where it is gone."""
    return next(
        (
            item_id
            for item_id in hass.data[DATA_COLLECTION].data
            if _fingerprint(item_id) == fingerprint
        ),
        "",
    )


class _EndsOfLinks:
    """Says which links end by themselves, as soon as it is known, and which have ended."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with none; `async_follow` looks."""
        self._hass = hass
        # What ends the wait for an end that is to come, by the id of the account.
        self._waiting: dict[str, CALLBACK_TYPE] = {}

    @callback
    def async_follow(self) -> CALLBACK_TYPE:
        """Look at all accounts, and at each as it changes; return what ends that."""
        return all_of(
            (
                async_dispatcher_connect(
                    self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed
                ),
                async_at_started(self._hass, self._started),
                self._end_waiting,
            )
        )

    @callback
    def _entry_changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if CONF_AUTH_IMPLEMENTATION not in entry.data:
            return
        if change is ConfigEntryChange.REMOVED:
            self._hass.data[DATA_LINK_LIFE].forget(entry)
            self._take_back(entry)
        else:
            self._look_at(entry)

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        for entry in self._hass.config_entries.async_entries():
            self._look_at(entry)

    @callback
    def _look_at(self, entry: ConfigEntry, _now: datetime | None = None) -> None:
        """Say that the link of an account ends by itself, or has ended, or take it back."""
        self._wait_no_longer(entry.entry_id)
        end = self._hass.data[DATA_LINK_LIFE].end_of(entry)
        if end is None:
            self._take_back(entry)
            return
        has_ended = end.at <= dt_util.utcnow()
        kind = _KINDS_OF_ENDS[has_ended, end.is_testing]
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            f"{LINK_ENDS}_{entry.entry_id}",
            data={"kind": kind, CONF_ID: entry.entry_id},
            is_fixable=True,
            learn_more_url=PUBLISH_URL if end.is_testing else None,
            severity=ir.IssueSeverity.ERROR if has_ended else ir.IssueSeverity.WARNING,
            translation_key=kind,
            translation_placeholders=about_link(self._hass, entry, end),
        )
        if not has_ended:
            self._waiting[entry.entry_id] = async_call_later(
                self._hass,
                end.at - dt_util.utcnow(),
                HassJob(partial(self._look_at, entry), cancel_on_shutdown=True),
            )

    @callback
    def _take_back(self, entry: ConfigEntry) -> None:
        self._wait_no_longer(entry.entry_id)
        ir.async_delete_issue(self._hass, DOMAIN, f"{LINK_ENDS}_{entry.entry_id}")

    @callback
    def _wait_no_longer(self, entry_id: str) -> None:
        if (end_waiting := self._waiting.pop(entry_id, None)) is not None:
            end_waiting()

    @callback
    def _end_waiting(self) -> None:
        for entry_id in list(self._waiting):
            self._wait_no_longer(entry_id)


@callback
def about_link(hass: HomeAssistant, entry: ConfigEntry, end: LinkEnd) -> dict[str, str]:
    """Return whose link ends when, for the texts that say so."""
    return {
        "account": entry.title,
        "integration": integration_of(hass, entry),
        "day": dt_util.as_local(end.at).date().isoformat(),
    }


@callback
def unreadable_with(hass: HomeAssistant, fingerprint: str) -> Any:
    """Return the unreadable record of an issue, None where it is gone."""
    for item in hass.data[DATA_COLLECTION].unreadable:
        if _fingerprint(item) == fingerprint:
            return item
    return None


def readable_part(item: Any) -> str:
    """Return what can be told of a record without what could be a secret."""
    if not isinstance(item, dict):
        return type(item).__name__
    shown = [
        f"{field}: {value[:_MAX_SHOWN]}"
        for field in (CONF_ID, CONF_DOMAIN, CONF_NAME, CONF_CLIENT_ID)
        if isinstance(value := item.get(field), str) and value
    ]
    return ", ".join(shown) or "–"


@callback
def _raise_unreadable(hass: HomeAssistant, item: Any) -> None:
    fingerprint = _fingerprint(item)
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{RECORD_UNREADABLE}_{fingerprint}",
        data={"kind": RECORD_UNREADABLE, CONF_ID: fingerprint},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=RECORD_UNREADABLE,
    )


def _fingerprint(item: Any) -> str:
    """Return what tells a thing from others, and nothing of it."""
    return sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()[:16]
