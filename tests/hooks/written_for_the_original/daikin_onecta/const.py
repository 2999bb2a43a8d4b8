"""Constants."""

DOMAIN = "daikin_onecta"
AUTHORIZE = "https://idp.onecta.test/v1/oidc/authorize"
TOKEN = "https://idp.onecta.test/v1/oidc/token"
