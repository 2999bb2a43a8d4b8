"""What hooks of integrations are handed."""

from custom_components.application_credentials.models import PrivateClientCredential
from homeassistant.components.application_credentials import ClientCredential


def test_a_credential_in_a_log_is_without_its_secret() -> None:
    """A hook that logs what it was handed, or that fails with it, tells no secret."""
    credential = PrivateClientCredential("abc", "the-secret", "Kitchen")
    assert repr(credential) == "ClientCredential(client_id='abc', name='Kitchen')"
    assert "the-secret" not in f"{credential}"


def test_a_credential_is_equal_to_the_originals_by_value() -> None:
    """Whichever side it stands on, and to nothing else."""
    credential = PrivateClientCredential("abc", "the-secret", "Kitchen")
    assert credential == ClientCredential("abc", "the-secret", "Kitchen")
    assert ClientCredential("abc", "the-secret", "Kitchen") == credential
    for other in (
        ClientCredential("abc", "another", "Kitchen"),
        ("abc", "the-secret", "Kitchen"),
    ):
        assert credential != other
        assert other != credential
