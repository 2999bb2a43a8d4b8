"""The flows that fix our issues: see issues.py for when each of them is raised.

An issue goes when what it is about is mended, not when its flow ends.
"""

from typing import Final, override

import voluptuous as vol

from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ID
from homeassistant.helpers import issue_registry as ir

from .accounts.changes import async_delete
from .accounts.ends import end_of_link
from .accounts.relink import async_link_again, async_move
from .accounts.usage import (
    async_can_reauthenticate,
    async_has_own_name,
    entries_using,
    record_used_by,
    records_by_name,
)
from .const import CONF_AUTH_IMPLEMENTATION, DOMAIN
from .data import DATA
from .dialog.client import ClientSteps
from .dialog.forms import (
    ADD,
    CLIENT_ID_FIELD,
    CONF_NEXT,
    CONF_TARGET,
    Placeholders,
    one_of,
    one_of_steps,
    secret_fields,
)
from .dialog.guide import async_patience_text, async_where_to_register
from .dialog.new import NewClientSteps
from .dialog.steps import CredentialSteps, FormError, Input, Result, handle_errors
from .errors import CredentialError
from .guides.linking import Linking
from .guides.sentences import async_telling
from .issues import (
    CLIENT_REJECTED,
    CREDENTIAL_MISSING,
    KINDS_OF_ENDS,
    LINK_ENDS,
    NOT_NEEDED,
    RECORD_UNREADABLE,
    REDIRECT_URI_REJECTED,
    SECRET_ENDS,
    credential_with,
    link_placeholders,
    readable_part,
    unreadable_with,
)
from .models import Finding, Verdict
from .provider.redirect_uri import async_browser_redirect_uri
from .signals import async_tell
from .text import as_markdown

_OPENED_WITH: Final = "issue_id"

# One of its integrations: apps are published in the same way for all of them.
_GOOGLE: Final = "google"
_LINK_AGAIN: Final = "link_again"
_IGNORE: Final = "ignore"


class FixFlow(CredentialSteps, RepairsFlow):
    """A flow about one thing: a credential, an account or a record that cannot be read."""

    reason_gone = "gone"

    @property
    def subject(self) -> str:
        """Return the id in the data of the issue."""
        assert self.data is not None
        return str(self.data[CONF_ID])

    @handle_errors
    async def async_step_init(self, user_input: Input = None) -> Result:
        """Show the form, and take what was typed into it.

        Home Assistant opens the flow with the id of the issue in place of input.
        """
        self.state.item_id = credential_with(self.hass, self.subject)
        is_opened = user_input is None or _OPENED_WITH in user_input
        return await self.async_fix(None if is_opened else user_input)

    async def async_fix(self, user_input: Input) -> Result:
        """Show the form or, with input, fix the issue."""
        raise NotImplementedError

    def end_done(self) -> Result:
        """End where nothing is left to be said; Home Assistant takes the issue away."""
        return self.async_create_entry(data={})


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


class SecretEndsFlow(ClientFlow):
    """Take the client secret that comes after the one that ends."""

    @override
    async def async_step_check(self, user_input: Input = None) -> Result:
        """Ask the provider about what was typed; what is stored ends on its day all the same."""
        if not self.state.is_changed:
            return self.end("unchanged")
        return await super().async_step_check(user_input)


class RedirectUriFlow(FixFlow):
    """Ask the provider again, when the person has registered the redirect URI."""

    @override
    async def async_fix(self, user_input: Input) -> Result:
        """Check again on request, about the URI that is shown, unless it is known by now."""
        record = self.record
        findings = self.hass.data[DATA].findings
        finding = findings.get(record["id"]) or Finding()
        if user_input is not None and not self._is_settled(finding):
            finding = await findings.async_check(
                record["id"], async_browser_redirect_uri(self.hass)
            )
            if not self._is_settled(finding):
                raise FormError(f"redirect_uri_{finding.redirect_uri}")
        if finding.client is Verdict.REJECTED:
            return self.end("rejected", outcome=self.texts.outcome(record, []))
        if finding.redirect_uri is Verdict.ACCEPTED:
            used = entries_using(self.hass, record)
            told = "" if used else self.texts.outcome(record, [])
            return self.end("known", next=told)
        domain, redirect_uri = record["domain"], self.redirect_uri
        where = await async_where_to_register(self.hass, domain, redirect_uri)
        patience = await async_patience_text(self.hass, record, finding)
        about = {
            **self.texts.about(record),
            "registration": "\n\n".join(filter(None, (where, patience))),
            "links": self.texts.link(domain),
        }
        return self.show_fields("init", {}, about)

    @staticmethod
    def _is_settled(finding: Finding) -> bool:
        """Return whether the redirect URI is known, or nothing can be said of it."""
        return (
            finding.client is Verdict.REJECTED
            or finding.redirect_uri is Verdict.ACCEPTED
        )


class CredentialMissingFlow(NewClientSteps, FixFlow):
    """Move an account to a credential of its integration, an existing one or a new one."""

    reason_gone = "credential_gone"
    account: ConfigEntry
    can_link: bool
    # The placeholders that say which account this is.
    about_account: Placeholders

    @override
    async def async_fix(self, user_input: Input) -> Result:
        """Ask which credential to move the account to."""
        if (entry := self._account()) is None:
            return self.end("gone")
        self.account, self.state.domain = entry, entry.domain
        self.can_link = await async_can_reauthenticate(self.hass, entry.domain)
        integration = self.texts.name(entry.domain)
        self.about_account = {
            "account": as_markdown(entry.title),
            "integration": integration,
            "follows": self.texts.text("asks_to_be_linked")
            if self.can_link
            else self.texts.text("needs_its_client", integration=integration),
        }
        records = list(records_by_name(self.hass, entry.domain).values())
        is_new = user_input is not None and user_input[CONF_TARGET] == ADD
        # No other credential can serve an account that cannot be linked again.
        if is_new or not records or not self.can_link:
            return await self.async_begin_new()
        if user_input is not None:
            return await self._async_move(user_input[CONF_TARGET])
        targets = one_of({**self.texts.overview(records), ADD: self.texts.text("add")})
        fields = {vol.Required(CONF_TARGET): targets}
        return self.show_fields("init", fields, self.about_account)

    @override
    async def async_about_new(self) -> Placeholders:
        return await super().async_about_new() | self.about_account

    @override
    async def async_save(self) -> Result:
        """Save the new credential, unless the account could not use it."""
        if self._account() is None:
            return self.end("gone")
        candidate = self.state.candidate
        assert candidate is not None
        if not (
            self.can_link
            or self.account.data[CONF_AUTH_IMPLEMENTATION] == candidate["id"]
            or await async_has_own_name(self.hass, candidate)
        ):
            domain = candidate["domain"]
            raise CredentialError("move_no_reauthentication", domain=domain)
        return await super().async_save()

    @override
    async def async_end_saved(self) -> Result:
        return await self._async_move(self.state.item_id)

    async def _async_move(self, item_id: str) -> Result:
        """Move the account, which then asks to be linked again.

        An account that has its very credential back is only reloaded.
        """
        entry, record = self.account, self.collection.record(item_id)
        has_own_name = await async_has_own_name(self.hass, record)
        if record_used_by(self.hass, entry) != record:
            await async_move(self.hass, [self.subject], record)
        elif has_own_name and self.can_link:
            # It may be another client.
            await async_link_again(self.hass, [self.subject])
        else:
            outcome = self.texts.outcome(record, [entry], is_new_client=has_own_name)
            return self.end("saved", **self.texts.about(record), outcome=outcome)
        outcome = self.texts.outcome(record, [entry])
        return self.end("ask_to_be_linked", outcome=outcome)

    def _account(self) -> ConfigEntry | None:
        return self.hass.config_entries.async_get_entry(self.subject)


class LinkEndsFlow(FixFlow):
    """Show when a link ends and how to make it last, and have the account linked again."""

    @override
    async def async_fix(self, user_input: Input) -> Result:
        """Let the person choose; the issue stays until the account is linked."""
        if (entry := self.hass.config_entries.async_get_entry(self.subject)) is None:
            return self.end("gone")
        record = record_used_by(self.hass, entry)
        if record is None or (end := end_of_link(self.hass, entry)) is None:
            # It was linked meanwhile, with a link that lasts.
            return self.end_done()
        integration = self.texts.name(entry.domain)
        if user_input is None:
            google = await async_telling(self.hass, _GOOGLE)
            assert google is not None
            about = {
                **link_placeholders(entry, end, integration),
                "account": as_markdown(entry.title),
                "publishing": google.publishing(),
            }
            choice = one_of_steps(LINK_ENDS, [_LINK_AGAIN, _IGNORE])
            fields = {vol.Required(CONF_NEXT, default=_LINK_AGAIN): choice}
            return self.show_fields("init", fields, about)
        if user_input[CONF_NEXT] == _IGNORE:
            # The dialog of a fix has no button for it.
            ir.async_ignore_issue(self.hass, DOMAIN, self.issue_id, True)
            return self.end("ignored")
        if not await async_can_reauthenticate(self.hass, entry.domain):
            return self.end("link_again_impossible", integration=integration)
        await async_link_again(self.hass, [self.subject])
        outcome = self.texts.outcome(record, [entry])
        return self.end("ask_to_be_linked", outcome=outcome)


class NotNeededFlow(FixFlow):
    """Show why no credential is needed, and delete it on request."""

    @override
    async def async_fix(self, user_input: Input) -> Result:
        """Ask before deleting."""
        record = self.record
        if user_input is None:
            telling = await async_telling(self.hass, record["domain"])
            assert telling is not None
            if telling.linking is Linking.NOT_OFFERED:
                # It is needed by now.
                async_tell(self.hass, record["id"])
                return self.end_done()
            about = self.texts.about(record)
            return self.show_fields("init", {}, {**about, "need": telling.need()})
        await async_delete(self.hass, record["id"])
        return self.end_done()


class RecordUnreadableFlow(FixFlow):
    """Show what can be read of a damaged record, and delete it on request."""

    @override
    async def async_fix(self, user_input: Input) -> Result:
        """Ask before deleting."""
        if not (items := unreadable_with(self.hass, self.subject)):
            return self.end_done()
        if user_input is None:
            told = {"record": as_markdown(readable_part(items[0]))}
            return self.show_fields("init", {}, told)
        await self.collection.async_delete_unreadable(items[0])
        return self.end_done()


FLOWS: Final[dict[str, type[FixFlow]]] = {
    CLIENT_REJECTED: ClientFlow,
    SECRET_ENDS: SecretEndsFlow,
    REDIRECT_URI_REJECTED: RedirectUriFlow,
    CREDENTIAL_MISSING: CredentialMissingFlow,
    NOT_NEEDED: NotNeededFlow,
    RECORD_UNREADABLE: RecordUnreadableFlow,
    **dict.fromkeys(KINDS_OF_ENDS.values(), LinkEndsFlow),
}
