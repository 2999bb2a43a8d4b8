"""The repair issues: raised when something is found to be broken, gone when it is mended.

Their texts are in strings.json under `issues`, the flows that fix them in fixes.py. Every
signed-in user may list issues: they carry what their titles have placeholders for, and
no secret, no client ID and no id made of one.
"""

import asyncio
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
import json
from typing import Any, Final, NamedTuple

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_CLIENT_ID, CONF_DOMAIN, CONF_ID, CONF_NAME
from homeassistant.core import (
    DOMAIN as HOMEASSISTANT_DOMAIN,
    CoreState,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.start import async_at_started
from homeassistant.loader import Integration, async_get_integrations
from homeassistant.util import dt as dt_util

from .accounts.ends import TOLD_BEFORE, LinkEnd, end_of_link, secret_end
from .accounts.usage import async_entries_without_credential, entries_using
from .const import CONF_AUTH_DOMAIN, DOMAIN
from .data import DATA
from .dialog.texts import names_in
from .guides.google import AUDIENCE
from .guides.linking import Linking, async_linking
from .guides.table import is_of_no_use
from .models import CredentialRecord, Verdict, fingerprint, titles, with_integration
from .records.collection import DATA_COLLECTION
from .signals import SIGNAL_CREDENTIAL, Refresher

CLIENT_REJECTED: Final = "client_rejected"
REDIRECT_URI_REJECTED: Final = "redirect_uri_rejected"
CREDENTIAL_MISSING: Final = "credential_missing"
NOT_NEEDED: Final = "not_needed"
RECORD_UNREADABLE: Final = "record_unreadable"
FILE_UNREADABLE: Final = "file_unreadable"
SECRET_ENDS: Final = "secret_ends"  # noqa: S105 (a kind of issue)
LINK_ENDS: Final = "link_ends"
LINK_ENDS_TESTING: Final = "link_ends_testing"
LINK_ENDED: Final = "link_ended"
LINK_ENDED_TESTING: Final = "link_ended_testing"

# All others are errors.
_WARNINGS: Final = {
    NOT_NEEDED,
    RECORD_UNREADABLE,
    SECRET_ENDS,
    LINK_ENDS,
    LINK_ENDS_TESTING,
}

# By whether the link has ended, and whether Google's app is in "Testing".
KINDS_OF_ENDS: Final = {
    (False, False): LINK_ENDS,
    (False, True): LINK_ENDS_TESTING,
    (True, False): LINK_ENDED,
    (True, True): LINK_ENDED_TESTING,
}

_HOUR: Final = timedelta(hours=1)

_MAX_SHOWN: Final = 100


class Issue(NamedTuple):
    """A repair issue to raise; `subject` is the id of what it is about."""

    kind: str
    subject: str
    placeholders: dict[str, str] | None = None
    learn_more_url: str | None = None

    @property
    def issue_id(self) -> str:
        """Return the id of the issue; that of a link stays when the link has ended."""
        kind = LINK_ENDS if self.kind in KINDS_OF_ENDS.values() else self.kind
        return f"{kind}_{self.subject}"


@callback
def async_follow(hass: HomeAssistant, undo: ExitStack) -> None:
    """Raise the issues, and follow what changes; `undo` gets what ends that."""
    refresher = Refresher(hass, "issues", partial(_async_refresh, hass))
    refresh = refresher.async_request_refresh
    undo.callback(async_dispatcher_connect(hass, SIGNAL_CREDENTIAL, refresh))
    undo.callback(async_at_started(hass, refresh))
    # No event says that a link or a client secret ends.
    undo.callback(
        async_track_time_interval(hass, refresh, _HOUR, cancel_on_shutdown=True)
    )
    undo.callback(refresher.async_shutdown)


async def _async_refresh(hass: HomeAssistant) -> None:
    """Raise the issues that hold now, and take the others back.

    Not before Home Assistant has started: until then, integrations import their
    credentials and register implementations of their own.
    """
    if hass.state is not CoreState.running:
        return
    without_credential = await async_entries_without_credential(hass)
    records = hass.data[DATA_COLLECTION].data.values()
    domains = {each["domain"] for each in records}
    domains |= {entry.domain for entry in without_credential}
    integrations = await async_get_integrations(hass, domains)
    # At the same time: a server that does not answer holds up the other issues.
    of_no_use = [*filter(is_of_no_use, domains)]
    linkings = await asyncio.gather(
        *(async_linking(hass, domain) for domain in of_no_use)
    )
    needless = [
        domain
        for domain, linking in zip(of_no_use, linkings, strict=True)
        if linking is not Linking.NOT_OFFERED
    ]
    # No await from here on, so that what is raised holds now.
    issues = {
        issue.issue_id: issue
        for issue in _issues(hass, integrations, without_credential, needless)
    }
    _delete_all_but(hass, issues)
    for issue in issues.values():
        _create(hass, issue)


@callback
def _delete_all_but(hass: HomeAssistant, issue_ids: Container[str]) -> None:
    """Delete our issues that no longer apply.

    Issues from before the start are inactive. They stay, since they hold what a person
    has ignored.
    """
    for (domain, issue_id), known in list(ir.async_get(hass).issues.items()):
        if domain == DOMAIN and known.active and issue_id not in issue_ids:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def _create(hass: HomeAssistant, issue: Issue) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue.issue_id,
        data={"kind": issue.kind, CONF_ID: issue.subject},
        is_fixable=issue.kind != FILE_UNREADABLE,
        learn_more_url=issue.learn_more_url,
        severity=(
            ir.IssueSeverity.WARNING
            if issue.kind in _WARNINGS
            else ir.IssueSeverity.ERROR
        ),
        translation_key=issue.kind,
        translation_placeholders=issue.placeholders,
    )


def _issues(
    hass: HomeAssistant,
    integrations: Mapping[str, Integration | Exception],
    without_credential: list[ConfigEntry],
    needless: Container[str],
) -> Iterator[Issue]:
    """Yield the issues that hold now; nobody needs a credential for the `needless` domains."""
    credentials = hass.data[DATA_COLLECTION]
    if not credentials.store.readable:
        # Nothing is known of the credentials then.
        yield Issue(FILE_UNREADABLE, DOMAIN)
        return
    names = names_in(integrations)
    yield from _issues_of_credentials(hass, integrations, names, needless)
    yield from _issues_of_links(hass, names)
    for entry in without_credential:
        integration = names[entry.domain]
        yield Issue(
            CREDENTIAL_MISSING,
            entry.entry_id,
            {"account": entry.title, "integration": integration},
        )
    for item in credentials.unreadable:
        yield Issue(RECORD_UNREADABLE, _fingerprint(item))


def _issues_of_credentials(
    hass: HomeAssistant,
    integrations: Mapping[str, Integration | Exception],
    names: Mapping[str, str],
    needless: Container[str],
) -> Iterator[Issue]:
    """Yield the issues of the credentials of `integrations`."""
    for domain, integration in integrations.items():
        records = hass.data[DATA_COLLECTION].records_of(domain)
        kinds = {record["id"]: _kinds_of(hass, record, needless) for record in records}
        if not any(kinds.values()):
            continue
        documentation = getattr(integration, "documentation", None)
        for item_id, title in titles(records, names).items():
            name = with_integration(title, names[domain])
            for kind, placeholders in kinds[item_id].items():
                yield Issue(
                    kind,
                    _fingerprint(item_id),
                    {"name": name, **placeholders},
                    documentation,
                )


def _kinds_of(
    hass: HomeAssistant, record: CredentialRecord, needless: Container[str]
) -> dict[str, dict[str, str]]:
    """Return the kinds of the issues that a credential has, with what else their titles say."""
    kinds: dict[str, dict[str, str]] = {}
    end = secret_end(hass, record["id"])
    if end is not None and end - dt_util.now().date() <= TOLD_BEFORE:
        kinds[SECRET_ENDS] = {"day": end.isoformat()}
    if rejection := hass.data[DATA].findings.rejection(record["id"]):
        is_client = rejection.client is Verdict.REJECTED
        kinds[CLIENT_REJECTED if is_client else REDIRECT_URI_REJECTED] = {}
    # One that was imported is the integration's own.
    if (
        CONF_AUTH_DOMAIN not in record
        and record["domain"] in needless
        and not entries_using(hass, record)
    ):
        kinds[NOT_NEEDED] = {}
    return kinds


def _issues_of_links(hass: HomeAssistant, names: Mapping[str, str]) -> Iterator[Issue]:
    """Yield the issues of the links that end by themselves, or have ended."""
    for entry_id in hass.data[DATA].state.links:
        entry = hass.config_entries.async_get_entry(entry_id)
        if entry is None or (end := end_of_link(hass, entry)) is None:
            continue
        has_ended = end.at <= dt_util.utcnow()
        yield Issue(
            KINDS_OF_ENDS[has_ended, end.is_testing],
            entry_id,
            link_placeholders(entry, end, names.get(entry.domain, entry.domain)),
            AUDIENCE if end.is_testing else None,
        )


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
def credential_with(hass: HomeAssistant, subject: str) -> str:
    """Return the id of the credential of an issue, an empty one where it is gone."""
    return next(iter(_find(hass.data[DATA_COLLECTION].data, subject)), "")


def link_placeholders(
    entry: ConfigEntry, end: LinkEnd, integration: str
) -> dict[str, str]:
    """Return whose link ends when, for the texts that say so."""
    day = dt_util.as_local(end.at).date().isoformat()
    return {"account": entry.title, "integration": integration, "day": day}


@callback
def unreadable_with(hass: HomeAssistant, subject: str) -> list[Any]:
    """Return the unreadable records of an issue, which are alike; none where they are gone."""
    return _find(hass.data[DATA_COLLECTION].unreadable, subject)


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


def _find(items: Iterable[Any], subject: str) -> list[Any]:
    return [item for item in items if _fingerprint(item) == subject]


def _fingerprint(item: Any) -> str:
    """Return a short hash that identifies an item of an issue without revealing it."""
    return fingerprint(json.dumps(item, sort_keys=True))[:16]
