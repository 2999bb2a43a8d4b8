"""Names that several modules of the Playground Shop share."""

import os

DOMAIN = "shop"

AUTHORIZATION_SERVER = os.environ.get(
    "SHOP_AUTHORIZATION_SERVER", "http://127.0.0.1:9400"
)
AUTHORIZE_URL = f"{AUTHORIZATION_SERVER}/oauth2/authorize"
TOKEN_URL = f"{AUTHORIZATION_SERVER}/oauth2/token"
USERINFO_URL = f"{AUTHORIZATION_SERVER}/userinfo"

SCOPES = "openid email profile"
