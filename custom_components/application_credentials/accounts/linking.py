"""Follow the accounts that ask to be linked again.

Where an integration has several credentials, Home Assistant's OAuth2 flow asks
the person which one to link with. An account has one already: it is linked with
that one again, unless the provider has rejected it. And since an account that
asks may do so because its credential is no longer good, the credential is
checked.
"""

from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.data_entry_flow import UnknownFlow
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2FlowHandler

from ..const import CONF_AUTH_IMPLEMENTATION
from ..provider.check import Verdict
from ..provider.findings import DATA_FINDINGS
from .usage import record_used_by


@callback
def follow_reauthentication(hass: HomeAssistant) -> CALLBACK_TYPE:
    """Watch for reauthentication flows; return what ends it."""

    @callback
    def flow_changed(change: str, flow_id: str) -> None:
        if change == "added":
            _reauthentication_started(hass, flow_id)

    return hass.config_entries.flow.async_subscribe_flow(flow_changed)


@callback
def _reauthentication_started(hass: HomeAssistant, flow_id: str) -> None:
    try:
        context = hass.config_entries.flow.async_get(flow_id)["context"]
    except UnknownFlow:
        return
    if context["source"] != SOURCE_REAUTH:
        return
    entry = hass.config_entries.async_get_entry(context["entry_id"])
    if entry is None or (record := record_used_by(hass, entry)) is None:
        return
    # No public way leads from a flow's id to its handler.
    flow = hass.config_entries.flow._progress.get(flow_id)  # noqa: SLF001
    if isinstance(flow, AbstractOAuth2FlowHandler):
        _keep_credential(hass, flow, entry)
    hass.data[DATA_FINDINGS].async_schedule(record["id"])


def _keep_credential(
    hass: HomeAssistant, flow: AbstractOAuth2FlowHandler, entry: ConfigEntry
) -> None:
    """Answer for the person when `flow` asks which credential to link with."""
    pick_implementation = flow.async_step_pick_implementation

    async def pick_own_implementation(user_input: dict[str, Any] | None = None) -> Any:
        if user_input is None and _is_linkable(hass, entry):
            user_input = {"implementation": entry.data[CONF_AUTH_IMPLEMENTATION]}
        return await pick_implementation(user_input)

    flow.async_step_pick_implementation = pick_own_implementation  # type: ignore[method-assign]


@callback
def _is_linkable(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Return whether the credential of an entry is there and not known to be rejected."""
    if (record := record_used_by(hass, entry)) is None:
        return False
    finding = hass.data[DATA_FINDINGS].get(record["id"])
    return finding is None or finding.client is not Verdict.REJECTED
