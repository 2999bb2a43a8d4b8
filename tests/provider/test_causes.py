"""What the words of a rejection name as its cause."""

import pytest

from custom_components.application_credentials.models import Cause
from custom_components.application_credentials.provider.causes import cause_of


@pytest.mark.parametrize(
    ("error", "description", "cause"),
    [
        (
            "invalid_client",
            "AADSTS7000222: The provided client secret keys for app 'x' are expired.",
            Cause.EXPIRED,
        ),
        (
            "invalid_client",
            "AADSTS7000215: Invalid client secret provided. Ensure the secret is",
            Cause.ID_TAKEN,
        ),
        ("unauthorized_client", "AADSTS7000112: Application is disabled", "disabled"),
        ("disabled_client", "The OAuth client was disabled.", Cause.DISABLED),
        ("deleted_client", "The OAuth client was deleted.", Cause.DELETED),
        ("deleted_client", None, Cause.DELETED),
    ],
)
def test_a_code_of_the_provider_names_the_cause(
    error: str, description: str | None, cause: Cause
) -> None:
    """In the error, or at the beginning of its description."""
    assert cause_of(error, description) is Cause(cause)


@pytest.mark.parametrize(
    ("error", "description"),
    [
        ("invalid_client", None),
        ("invalid_client", ""),
        ("invalid_client", ": AADSTS7000222"),
        ("invalid_client", "AADSTS70002221: Something else"),
        ("invalid_client", "Not AADSTS7000222"),
        ("invalid_client", "deleted"),
        (None, None),
    ],
)
def test_other_words_name_none(error: str | None, description: str | None) -> None:
    """Nothing is guessed."""
    assert cause_of(error, description) is None
