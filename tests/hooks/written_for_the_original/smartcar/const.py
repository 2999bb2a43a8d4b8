"""Constants."""

DOMAIN = "smartcar"
AUTHORIZE = "https://connect.smartcar.test/oauth/authorize"
TOKEN = "https://iam.smartcar.test/oauth2/token"
TOKEN_LEGACY = "https://auth.smartcar.test/oauth/token"
