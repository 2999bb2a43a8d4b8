"""Use the client of a credential for other integrations of its provider."""

from typing import Any

import voluptuous as vol

from homeassistant.config_entries import SubentryFlowResult

from ..accounts import changes
from ..errors import CredentialError, CredentialNotFound
from .forms import CONF_DOMAINS, Errors, Placeholders, one_of
from .steps import DialogFlow, ending_when_gone
from .texts import async_names


class CopySteps(DialogFlow):
    """The steps that offer the copy."""

    @ending_when_gone
    async def async_step_copy(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which other integrations of the provider are to use the same client."""
        form = await self._async_offer_copy(
            "copy", user_input, await self._async_about(self._record)
        )
        return form or self.async_abort(
            reason="no_other_integration" if user_input is None else "copied"
        )

    async def _async_offer_copy(
        self,
        step_id: str,
        user_input: dict[str, Any] | None,
        told: Placeholders,
    ) -> SubentryFlowResult | None:
        """Ask which integrations are to use the same client.

        None where there are none, or when those that were picked have it.
        """
        errors: Errors = {}
        placeholders: Placeholders = {}
        if user_input is not None:
            try:
                if domains := user_input.get(CONF_DOMAINS):
                    await changes.async_copy(self.hass, self._item_id, domains)
                    return None
                errors = {CONF_DOMAINS: "none_chosen"}
            except CredentialNotFound:
                raise
            except CredentialError as err:
                # What is wrong with the client is in no field of this form.
                errors, placeholders = await self._async_error(err, ())
        candidates = await changes.async_copy_candidates(self.hass, self._record)
        if not candidates:
            return None
        names = await async_names(self.hass, candidates)
        return self.async_show_form(
            step_id=step_id,
            data_schema=vol.Schema(
                {
                    # Optional, or else the first would be ticked from the start.
                    vol.Optional(CONF_DOMAINS): one_of(
                        dict(
                            sorted(names.items(), key=lambda item: item[1].casefold())
                        ),
                        multiple=True,
                    )
                }
            ),
            errors=errors,
            description_placeholders={**told, **placeholders},
        )
