"""A client is rejected, or its secret ends: a new one is entered, and tried before it is saved."""

from typing import override

from ..dialog.client import ClientSteps
from ..dialog.forms import CLIENT_ID_FIELD, secret_fields
from ..dialog.steps import Input, Result
from .flow import FixFlow


class ClientFlow(ClientSteps, FixFlow):
    """Take the right client ID or client secret, ask the provider, and save them."""

    @override
    async def async_fix(self, user_input: Input) -> Result:
        """Ask for the client, and then the provider."""
        if user_input is not None:
            await self.async_take(user_input)
            return await self.async_go_to("check")
        fields = CLIENT_ID_FIELD | secret_fields(self.record["domain"])
        return await self.async_show_stored("init", fields)
