"""The dialog: see, add, edit, check, move, copy and delete credentials."""

from typing import override

from homeassistant.config_entries import ConfigFlowResult

from .delete import DeleteSteps
from .edit import EditSteps
from .move import MoveSteps
from .overview import OverviewSteps


class CredentialsFlow(OverviewSteps, EditSteps, MoveSteps, DeleteSteps):
    """One visit to the dialog."""

    @override
    async def _async_show_form_again(self) -> ConfigFlowResult:
        return await (
            self.async_step_edit() if self._item_id else self.async_step_new()
        )
