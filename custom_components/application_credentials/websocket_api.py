"""WebSocket API of the credentials, described in docs/websocket-api.md.

Every command is for administrators. Requests are validated here: an error of the
websocket's own schema would quote what was sent.
"""

from collections.abc import Awaitable, Callable, Iterable
from functools import wraps
from typing import Any, Final

import voluptuous as vol

from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import WebSocketCommandHandler
from homeassistant.components.websocket_api.decorators import (
    async_response,
    require_admin,
)
from homeassistant.components.websocket_api.messages import BASE_COMMAND_MESSAGE_SCHEMA
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.collection import CHANGE_ADDED, CollectionChange
from homeassistant.loader import async_get_application_credentials

from .accounts import changes
from .accounts.relink import async_link_again, async_move, config_entry
from .accounts.usage import record_used_by, usage
from .const import DOMAIN
from .data import DATA
from .dialog.notification import async_notify
from .errors import CredentialError, CredentialInUse
from .models import Finding
from .provider.redirect_uri import async_browser_redirect_uri, async_redirect_uri
from .records.collection import DATA_COLLECTION
from .records.validation import apply_schema

CONF_CREDENTIAL_ID: Final = f"{DOMAIN}_id"
CONF_CONFIG_ENTRY_ID: Final = "config_entry_id"
CONF_DOMAINS: Final = "domains"
CONF_ALSO: Final = "also"

# The schema of every command for the websocket; its own fields are validated by `_fields`.
_MESSAGE: Final = BASE_COMMAND_MESSAGE_SCHEMA.extend(
    {vol.Required("type"): str}, extra=vol.ALLOW_EXTRA
)
_NO_FIELDS: Final = vol.Schema({})
# The collection validates the fields of a record.
_ANY_FIELDS: Final = vol.Schema({}, extra=vol.ALLOW_EXTRA)
_CREDENTIAL_ID: Final = vol.Schema({vol.Required(CONF_CREDENTIAL_ID): str})
_CONFIG_ENTRY_ID: Final = vol.Schema({vol.Required(CONF_CONFIG_ENTRY_ID): str})
_BOTH_IDS: Final = _CREDENTIAL_ID.extend({vol.Required(CONF_CONFIG_ENTRY_ID): str})
_CHANGES: Final = _CREDENTIAL_ID.extend(
    {vol.Optional(CONF_ALSO): [str]}, extra=vol.ALLOW_EXTRA
)
_COPY: Final = _CREDENTIAL_ID.extend({vol.Required(CONF_DOMAINS): [str]})

type Request = dict[str, Any]
type Command = Callable[[HomeAssistant, Request], Awaitable[Any]]


@callback
def async_setup(hass: HomeAssistant) -> None:
    """Register the commands."""
    for name, (schema, command) in _COMMANDS.items():
        _register(hass, name, _answering(schema, command))
    _register(hass, "subscribe", _subscribe)


@callback
def _register(hass: HomeAssistant, name: str, handler: WebSocketCommandHandler) -> None:
    async_register_command(hass, f"{DOMAIN}/{name}", require_admin(handler), _MESSAGE)


def _answering(schema: vol.Schema, command: Command) -> WebSocketCommandHandler:
    """Return a handler that answers once, with what `command` returns or raises."""

    @async_response
    @wraps(command)
    async def handle(
        hass: HomeAssistant, connection: ActiveConnection, msg: Request
    ) -> None:
        try:
            result = await command(hass, _fields(schema, msg))
        except CredentialError as err:
            _send_error(connection, msg, err)
        else:
            connection.send_result(msg["id"], result)

    return handle


def _fields(schema: vol.Schema, msg: Request) -> Request:
    """Return the fields of a command, without those that the websocket adds.

    Raises InvalidCredential if `schema` does not allow them.
    """
    return apply_schema(
        schema, {key: msg[key] for key in msg if key not in ("id", "type")}
    )


@callback
def _send_error(
    connection: ActiveConnection, msg: Request, err: CredentialError
) -> None:
    """Send the error with which a request was refused."""
    connection.send_error(
        msg["id"],
        err.code,
        str(err),
        translation_key=err.translation_key,
        translation_domain=err.translation_domain,
        translation_placeholders=err.translation_placeholders,
    )


async def _list(hass: HomeAssistant, request: Request) -> Any:
    """Return all records."""
    return hass.data[DATA_COLLECTION].async_items()


async def _create(hass: HomeAssistant, request: Request) -> Any:
    """Create a record; return it once it is on disk."""
    return await changes.async_create(hass, request)


async def _update(hass: HomeAssistant, request: Request) -> Any:
    """Change a record; return it, with the entries that cannot be linked again."""
    item_id = request.pop(CONF_CREDENTIAL_ID)
    also = request.pop(CONF_ALSO, [])
    record, not_linkable = await changes.async_update(hass, item_id, request, also=also)
    if not not_linkable:
        return record
    return {
        **record,
        "without_reauthentication": [
            {CONF_CONFIG_ENTRY_ID: entry.entry_id, "title": entry.title}
            for entry in not_linkable
        ],
    }


async def _delete(hass: HomeAssistant, request: Request) -> None:
    """Delete a record; return once it is gone from the disk."""
    item_id = request[CONF_CREDENTIAL_ID]
    try:
        await changes.async_delete(hass, item_id)
    except CredentialInUse as err:
        await async_notify(hass, item_id, err, title="not_deleted")
        raise


async def _config(hass: HomeAssistant, request: Request) -> Any:
    """Return the integrations that take credentials, and their placeholders."""
    domains = await async_get_application_credentials(hass)
    described = await hass.data[DATA].hooks.async_describe(domains)
    return {
        "domains": domains,
        "integrations": {
            domain: {"description_placeholders": described[domain]}
            if domain in described
            else {}
            for domain in domains
        },
    }


async def _config_entry(hass: HomeAssistant, request: Request) -> Any:
    """Return the credential that a config entry uses, if it uses one."""
    record = record_used_by(hass, config_entry(hass, request[CONF_CONFIG_ENTRY_ID]))
    return {CONF_CREDENTIAL_ID: record["id"]} if record else {}


async def _usage(hass: HomeAssistant, request: Request) -> Any:
    """Return the config entries that use each credential."""
    return usage(hass)


async def _status(hass: HomeAssistant, request: Request) -> Any:
    """Return what the provider last said about each credential, and when."""
    findings = hass.data[DATA].findings
    return {
        item_id: (findings.get(item_id) or Finding()).as_status()
        for item_id in hass.data[DATA_COLLECTION].data
    }


async def _check(hass: HomeAssistant, request: Request) -> Any:
    """Ask the provider about a credential, and return the result."""
    finding = await hass.data[DATA].findings.async_check(
        request[CONF_CREDENTIAL_ID], async_browser_redirect_uri(hass)
    )
    return finding.as_dict()


async def _move(hass: HomeAssistant, request: Request) -> Any:
    """Move a config entry to another credential."""
    record = hass.data[DATA_COLLECTION].record(request[CONF_CREDENTIAL_ID])
    await async_move(hass, [request[CONF_CONFIG_ENTRY_ID]], record)
    return {}


async def _link_again(hass: HomeAssistant, request: Request) -> Any:
    """Start reauthentication of a config entry."""
    await async_link_again(hass, [request[CONF_CONFIG_ENTRY_ID]])
    return {}


async def _redirect_uri(hass: HomeAssistant, request: Request) -> Any:
    """Return the redirect URI to register with a provider."""
    if (redirect_uri := async_redirect_uri(hass)) is None:
        raise CredentialError("no_url_available")
    return {"redirect_uri": redirect_uri}


async def _copy(hass: HomeAssistant, request: Request) -> Any:
    """Copy a client to other integrations; return the new records."""
    return await changes.async_copy(
        hass, request[CONF_CREDENTIAL_ID], request[CONF_DOMAINS]
    )


@callback
def _subscribe(hass: HomeAssistant, connection: ActiveConnection, msg: Request) -> None:
    """Send all records, and then every change, as lists of changes."""
    try:
        _fields(_NO_FIELDS, msg)
    except CredentialError as err:
        _send_error(connection, msg, err)
        return
    credentials = hass.data[DATA_COLLECTION]

    async def send_changes(change_set: Iterable[CollectionChange]) -> None:
        if not connection.user.is_admin:
            # A user who is made an administrator again must subscribe again.
            connection.subscriptions.pop(msg["id"], lambda: None)()
            return
        connection.send_event(
            msg["id"],
            [
                _change(change.change_type, change.item_id, change.item)
                for change in change_set
            ],
        )

    connection.subscriptions[msg["id"]] = credentials.async_add_change_set_listener(
        send_changes
    )
    connection.send_result(msg["id"])
    connection.send_event(
        msg["id"],
        [
            _change(CHANGE_ADDED, item_id, record)
            for item_id, record in credentials.data.items()
        ],
    )


def _change(change_type: str, item_id: str, item: Any) -> dict[str, Any]:
    return {"change_type": change_type, CONF_CREDENTIAL_ID: item_id, "item": item}


_COMMANDS: Final[dict[str, tuple[vol.Schema, Command]]] = {
    "list": (_NO_FIELDS, _list),
    "create": (_ANY_FIELDS, _create),
    "update": (_CHANGES, _update),
    "delete": (_CREDENTIAL_ID, _delete),
    "config": (_NO_FIELDS, _config),
    "config_entry": (_CONFIG_ENTRY_ID, _config_entry),
    "usage": (_NO_FIELDS, _usage),
    "status": (_NO_FIELDS, _status),
    "check": (_CREDENTIAL_ID, _check),
    "move": (_BOTH_IDS, _move),
    "link_again": (_CONFIG_ENTRY_ID, _link_again),
    "redirect_uri": (_NO_FIELDS, _redirect_uri),
    "copy": (_COPY, _copy),
}
