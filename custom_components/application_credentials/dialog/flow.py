"""The dialog of a row: add a credential, or edit, check, move, copy and delete one."""

from typing import override

from homeassistant.config_entries import SOURCE_USER

from .accounts import AccountSteps
from .add import AddSteps
from .delete import DeleteSteps
from .edit import EditSteps
from .steps import Result


class CredentialFlow(AddSteps, EditSteps, AccountSteps, DeleteSteps):
    """One visit to the dialog; Home Assistant starts it at `user` or `reconfigure`."""

    @override
    async def async_end_saved(self) -> Result:
        if self.source == SOURCE_USER:
            return await self.async_go_to("saved")
        return await super().async_end_saved()
