"""Use the client of a credential for other integrations of its provider."""

import voluptuous as vol

from ..accounts import copying
from .forms import CONF_DOMAINS, FormError, Placeholders, one_of
from .steps import CredentialSteps, Input, Result, handle_errors
from .texts import async_about, async_names


class CopySteps(CredentialSteps):
    """The steps that offer the copy."""

    @handle_errors
    async def async_step_copy(self, user_input: Input = None) -> Result:
        """Ask which other integrations of the provider are to use the same client."""
        about = await async_about(self.hass, self.record)
        if form := await self.async_offer_copy("copy", user_input, about):
            return form
        return self.end("no_other_integration" if user_input is None else "copied")

    async def async_offer_copy(
        self, step_id: str, user_input: Input, told: Placeholders
    ) -> Result | None:
        """Ask which integrations are to use the same client.

        Returns None where there are none, and once those that were picked have it.
        """
        record = self.record
        if user_input is not None:
            if not (domains := user_input.get(CONF_DOMAINS)):
                raise FormError(CONF_DOMAINS, "none_chosen")
            await copying.async_copy(self.hass, record["id"], domains)
            return None
        candidates = await copying.async_copy_candidates(self.hass, record)
        if not candidates:
            return None
        names = await async_names(self.hass, candidates)
        labels = dict(sorted(names.items(), key=lambda item: item[1].casefold()))
        # Optional, or else the first would be ticked from the start.
        field = {vol.Optional(CONF_DOMAINS): one_of(labels, multiple=True)}
        return self.show_fields(step_id, field, told)
