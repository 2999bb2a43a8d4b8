"""The provider rejects a client: it is entered again, and tried before it is saved."""

from typing import Any, override

import voluptuous as vol

from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET

from ..accounts import changes
from ..dialog.forms import (
    ALSO_FIELD,
    CLIENT_FIELDS,
    CONF_ALSO,
    Errors,
    Placeholders,
    async_errors_of,
    touched_fields,
)
from ..dialog.texts import (
    async_about,
    async_get_texts,
    async_links,
    async_same_client_text,
    async_use_text,
)
from ..errors import CredentialError, CredentialNotFound
from ..models import CredentialRecord
from ..provider.findings import DATA_FINDINGS
from ..records.collection import DATA_COLLECTION
from ..text import async_is_administrator
from .flow import FixFlow, Result


class ClientRejectedFlow(FixFlow):
    """Take the right client ID or client secret, ask the provider, and save them."""

    # The record as the form showed it.
    _seen: CredentialRecord | None = None

    @override
    async def async_fix(self, user_input: dict[str, Any] | None) -> Result:
        """Ask for the client; what the provider still rejects is not saved."""
        credentials = self.hass.data[DATA_COLLECTION]
        try:
            record = credentials.record(self._about)
        except CredentialNotFound:
            return self._gone()
        if self._seen is None:
            self._seen = record
        same_client = await changes.async_same_client(self.hass, record)
        texts = await async_get_texts(self.hass)
        found = self.hass.data[DATA_FINDINGS].get(self._about)
        said = texts.said(found) if found else ""
        errors: Errors = {}
        placeholders: Placeholders = {}
        if user_input is not None:
            also = same_client if user_input.get(CONF_ALSO) else []
            typed = {CONF_CLIENT_ID: user_input.get(CONF_CLIENT_ID, "")}
            if secret := user_input.get(CONF_CLIENT_SECRET):
                typed[CONF_CLIENT_SECRET] = secret
            changed = touched_fields(self._seen, record, typed) or typed
            try:
                candidate = credentials.preview_update(self._about, changed)
                finding, errors = await self._async_ask(candidate)
                if not await async_is_administrator(self.hass):
                    return self.async_abort(reason="not_administrator")
                if errors:
                    said = texts.asked(finding)
                else:
                    await changes.async_update(
                        self.hass,
                        self._about,
                        changed,
                        also=[other["id"] for other in also],
                        check=False,
                    )
                    self.hass.data[DATA_FINDINGS].async_adopt(
                        self._about, candidate, finding
                    )
                    return self._done()
            except CredentialNotFound:
                return self._gone()
            except CredentialError as err:
                errors, placeholders = await async_errors_of(self.hass, err, user_input)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(CLIENT_FIELDS | (ALSO_FIELD if same_client else {})),
                user_input or {CONF_CLIENT_ID: record["client_id"]},
            ),
            errors=errors,
            description_placeholders={
                **await async_about(self.hass, record),
                "use": await async_use_text(self.hass, record),
                "also": await async_same_client_text(
                    self.hass, [other["domain"] for other in same_client]
                ),
                "links": await async_links(self.hass, record["domain"]),
                "said": said,
                **placeholders,
            },
        )
