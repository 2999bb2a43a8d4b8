"""What hooks of integrations are handed."""

from custom_components.application_credentials.models import ClientCredential


def test_a_credential_in_a_log_is_without_its_secret() -> None:
    """A hook that logs what it was handed, or that fails with it, tells no secret."""
    credential = ClientCredential("abc", "the-secret", "Kitchen")
    assert repr(credential) == "ClientCredential(client_id='abc', name='Kitchen')"
    assert "the-secret" not in f"{credential}"
