"""The repair issues: raised when something is found to be broken, gone when it is mended.

Their texts are in strings.json under `issues`, the flows that fix them in fixes/. Anybody
who is signed in may list issues: they carry what their titles have placeholders for, and
no secret, no client ID and no id made of one.
"""

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from hashlib import sha256
import json
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_CLIENT_ID, CONF_DOMAIN, CONF_ID, CONF_NAME
from homeassistant.core import (
    CALLBACK_TYPE,
    DOMAIN as HOMEASSISTANT_DOMAIN,
    CoreState,
    HassJob,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.helpers.start import async_at_started
from homeassistant.loader import (
    Integration,
    IntegrationNotLoaded,
    async_get_integrations,
    async_get_loaded_integration,
)
from homeassistant.util import dt as dt_util

from .accounts.link_life import LinkEnd, end_of_link
from .accounts.secret_end import secret_end
from .accounts.usage import async_entries_without_credential, entries_using
from .const import CONF_AUTH_DOMAIN, DOMAIN, SIGNAL_CREDENTIAL
from .data import DATA
from .dialog.texts import async_full_title
from .ending import all_of
from .guides.table import is_of_no_use
from .models import Finding, Verdict
from .records.collection import DATA_COLLECTION

CLIENT_REJECTED: Final = "client_rejected"
REDIRECT_URI_REJECTED: Final = "redirect_uri_rejected"
CREDENTIAL_MISSING: Final = "credential_missing"
NOT_NEEDED: Final = "not_needed"
RECORD_UNREADABLE: Final = "record_unreadable"
SECRET_ENDS: Final = "secret_ends"  # noqa: S105 (a kind of issue)
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

# What is told of a credential.
_KINDS_OF_CREDENTIALS: Final = {
    CLIENT_REJECTED: ir.IssueSeverity.ERROR,
    REDIRECT_URI_REJECTED: ir.IssueSeverity.ERROR,
    NOT_NEEDED: ir.IssueSeverity.WARNING,
    SECRET_ENDS: ir.IssueSeverity.WARNING,
}

_DAY: Final = timedelta(days=1)
_TOLD_BEFORE: Final = timedelta(days=14)

_MAX_SHOWN: Final = 100


class CredentialIssues:
    """Raises the issues, and takes them back, as what is known of credentials changes."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize the issues."""
        self._hass = hass
        # What ends the wait for the end of a link, by the id of the account.
        self._waiting: dict[str, CALLBACK_TYPE] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._lock = asyncio.Lock()
        self._has_changed = False

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Raise the issues that there are, and follow what changes; return what ends that."""
        for item in self._hass.data[DATA_COLLECTION].unreadable:
            _raise_unreadable(self._hass, item)
        return all_of(
            (
                async_dispatcher_connect(self._hass, SIGNAL_CREDENTIAL, self._changed),
                async_at_started(self._hass, self._started),
                async_track_time_interval(
                    self._hass, self._look_at_days, _DAY, cancel_on_shutdown=True
                ),
                self._end_waiting,
                self._end_tasks,
            )
        )

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        """Look at all credentials and accounts.

        Not before Home Assistant has started: until then, integrations import their
        credentials and register implementations of their own.
        """
        for item_id in self._hass.data[DATA_COLLECTION].data:
            if _kinds_of(self._hass, item_id):
                self._changed(item_id)
        self._changed("")

    @callback
    def _look_at_days(self, _now: datetime) -> None:
        """Look at what ends on a day that a person has entered."""
        for item_id in list(self._hass.data[DATA].state.secret_ends):
            self._changed(item_id)

    @callback
    def _changed(self, item_id: str) -> None:
        self._look_at_links()
        self._run(self._async_look_at_credential(item_id))
        if self._hass.state is CoreState.running and not self._has_changed:
            self._has_changed = True
            self._run(self._async_look_for_missing())

    async def _async_look_at_credential(self, item_id: str) -> None:
        """Raise or take back what is to be told of a credential."""
        credentials = self._hass.data[DATA_COLLECTION]
        name, documentation = "", None
        if (record := credentials.data.get(item_id)) is not None:
            found = await async_get_integrations(self._hass, [record["domain"]])
            integration = found[record["domain"]]
            if isinstance(integration, Integration):
                documentation = integration.documentation
            name = await async_full_title(self._hass, record)
        # Read now: it may have been deleted or changed meanwhile.
        kinds = _kinds_of(self._hass, item_id)
        for kind, severity in _KINDS_OF_CREDENTIALS.items():
            if kind not in kinds:
                ir.async_delete_issue(self._hass, DOMAIN, issue_id_of(kind, item_id))
                continue
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                issue_id_of(kind, item_id),
                data={"kind": kind, CONF_ID: _fingerprint(item_id)},
                is_fixable=True,
                learn_more_url=documentation,
                severity=severity,
                translation_key=kind,
                translation_placeholders={"name": name, **kinds[kind]},
            )

    async def _async_look_for_missing(self) -> None:
        """Raise an issue for each account whose credential is gone; take the others back."""
        async with self._lock:
            self._has_changed = False
            missing = {
                f"{CREDENTIAL_MISSING}_{entry.entry_id}": entry
                for entry in await async_entries_without_credential(self._hass)
            }
            for issue_id in _issues_of(self._hass, CREDENTIAL_MISSING) - missing.keys():
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

    @callback
    def _look_at_links(self, _now: datetime | None = None) -> None:
        """Raise an issue for each link that ends by itself; take the others back."""
        self._end_waiting()
        state = self._hass.data[DATA].state
        ends = {
            f"{LINK_ENDS}_{entry_id}": (entry, end)
            for entry_id in state.links.keys() | state.linked_at.keys()
            if (entry := self._hass.config_entries.async_get_entry(entry_id))
            and (end := end_of_link(self._hass, entry))
        }
        for issue_id in _issues_of(self._hass, LINK_ENDS) - ends.keys():
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
        for issue_id, (entry, end) in ends.items():
            self._raise_end(issue_id, entry, end)

    @callback
    def _raise_end(self, issue_id: str, entry: ConfigEntry, end: LinkEnd) -> None:
        """Say that the link of an account ends by itself, or has ended."""
        has_ended = end.at <= dt_util.utcnow()
        kind = _KINDS_OF_ENDS[has_ended, end.is_testing]
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
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
                HassJob(self._look_at_links, cancel_on_shutdown=True),
            )

    @callback
    def _run(self, looking: Coroutine[Any, Any, None]) -> None:
        task = self._hass.async_create_task(looking, f"{DOMAIN} issues")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @callback
    def _end_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()

    @callback
    def _end_waiting(self) -> None:
        for end_waiting in self._waiting.values():
            end_waiting()
        self._waiting.clear()


@callback
def _kinds_of(hass: HomeAssistant, item_id: str) -> dict[str, dict[str, str]]:
    """Return the kinds of the issues that a credential has, with what else their titles say.

    None for one that is gone.
    """
    end = secret_end(hass, item_id)
    record = hass.data[DATA_COLLECTION].data.get(item_id)
    if record is None:
        return {}
    kinds: dict[str, dict[str, str]] = {}
    if end is not None and end - dt_util.now().date() <= _TOLD_BEFORE:
        kinds[SECRET_ENDS] = {"day": end.isoformat()}
    finding = hass.data[DATA].findings.get(item_id) or Finding()
    if finding.client is Verdict.REJECTED:
        kinds[CLIENT_REJECTED] = {}
    elif finding.redirect_uri is Verdict.REJECTED:
        kinds[REDIRECT_URI_REJECTED] = {}
    # One that was imported is the integration's own.
    if (
        CONF_AUTH_DOMAIN not in record
        and is_of_no_use(record["domain"])
        and not entries_using(hass, record)
    ):
        kinds[NOT_NEEDED] = {}
    return kinds


@callback
def _issues_of(hass: HomeAssistant, kind: str) -> set[str]:
    """Return the ids of our issues about accounts of this kind."""
    return {
        issue_id
        for domain, issue_id in ir.async_get(hass).issues
        if domain == DOMAIN and issue_id.startswith(f"{kind}_")
    }


@callback
def show_again(hass: HomeAssistant, entry_ids: list[str]) -> None:
    """Show the requests to link again that version 1.1.0 has had Home Assistant ignore.

    This undoes once what that version has done, and is the only touch of an issue of
    Home Assistant's.
    """
    registry = ir.async_get(hass)
    for entry_id in entry_ids:
        if (entry := hass.config_entries.async_get_entry(entry_id)) is None:
            continue
        issue = HOMEASSISTANT_DOMAIN, f"config_entry_reauth_{entry.domain}_{entry_id}"
        if registry.async_get_issue(*issue) is not None:
            ir.async_ignore_issue(hass, *issue, False)


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
