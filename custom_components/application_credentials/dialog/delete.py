"""Delete a credential that nobody uses, or say who uses it."""

from ..accounts import changes
from ..accounts.usage import entries_using
from .forms import CONF_NEXT
from .steps import CredentialSteps, Input, Result, handle_errors
from .texts import account_links, async_about, async_way_out


class DeleteSteps(CredentialSteps):
    """The steps that delete a credential, or say why not."""

    @handle_errors
    async def async_step_delete(self, user_input: Input = None) -> Result:
        """Ask whether to delete; where accounts use the credential, say which."""
        record = self.record
        if entries_using(self.hass, record):
            return await self.async_go_to("in_use")
        if user_input is None:
            return self.show_fields("delete", {}, await async_about(self.hass, record))
        await changes.async_delete(self.hass, record["id"])
        return self.end("deleted")

    @handle_errors
    async def async_step_in_use(self, user_input: Input = None) -> Result:
        """Say which accounts use the credential, and what can be done about them."""
        if user_input is not None:
            return await self.async_go_to(user_input[CONF_NEXT])
        record = self.record
        can_move = bool(self.collection.others_of(record))
        return self.choose_next(
            "in_use",
            ["move", "reconfigure"] if can_move else ["reconfigure"],
            {
                **await async_about(self.hass, record),
                "accounts": account_links(entries_using(self.hass, record)),
                "way_out": await async_way_out(self.hass, record),
            },
        )
