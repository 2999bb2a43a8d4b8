"""What providers answer, and people enter, where the same for all integrations will not do.

Far from whole: as much as a config flow looks at before it ends.
"""

from collections.abc import Callable, Mapping
import json
from typing import Any, Final

from neighbours.internet import Request, Response

_MAIL: Final = "anna@neighbour.example"

_DAY: Final = "2020-01-01T00:00:00Z"

_DRIVE: Final = {
    "id": "neighbour-id",
    "name": "Home Assistant",
    "driveType": "business",
    "createdBy": {"user": {"displayName": "Anna", "id": "1"}},
    "owner": {"user": {"displayName": "Anna", "id": "1"}},
    "parentReference": {"driveId": "neighbour-drive", "id": "1", "path": "/"},
    "folder": {"childCount": 0},
    "quota": {"deleted": 0, "remaining": 1, "state": "normal", "total": 1, "used": 0},
    "value": [],
}


# With Xbox.
_PERSON: Final = (
    {"xuid": "1", "preferredPlatforms": []}
    | dict.fromkeys(
        (
            "realName",
            "displayPicRaw",
            "showUserAsAvatar",
            "gamertag",
            "gamerScore",
            "modernGamertag",
            "modernGamertagSuffix",
            "uniqueModernGamertag",
            "xboxOneRep",
            "presenceState",
            "presenceText",
            "colorTheme",
            "preferredFlag",
        ),
        "1",
    )
    | dict.fromkeys(
        (
            "isFavorite",
            "isFollowingCaller",
            "isFollowedByCaller",
            "isIdentityShared",
            "isBroadcasting",
            "isQuarantined",
            "isXbox360Gamerpic",
            "isFriend",
            "isFriendRequestReceived",
            "isFriendRequestSent",
        ),
        False,
    )
)


def _model_context(request: Request) -> Response:
    """Answer as a server of the Model Context Protocol that wants to know who asks."""
    if not any(name.lower() == "authorization" for name, _ in request.headers):
        return Response({}, 401)
    if request.method != "POST" or '"initialize"' not in request.body:
        return Response({}, 405 if request.method == "GET" else 202)
    asked = json.loads(request.body)
    result = {
        "protocolVersion": asked["params"]["protocolVersion"],
        "capabilities": {"tools": {}},
        "serverInfo": {"name": "Neighbour", "version": "1"},
    }
    return Response({"jsonrpc": "2.0", "id": asked["id"], "result": result})


# Who has the account, by all names that integrations look for.
ANYTHING: Final[dict[str, Any]] = {
    "id": "neighbour-id",
    "sub": "neighbour-id",
    "userId": "neighbour-id",
    "user_id": "neighbour-id",
    "uid": "neighbour-id",
    "email": _MAIL,
    "name": "Anna",
    "displayName": "Anna",
    "display_name": "Anna",
    "username": "anna",
}

# By domain, and by what the address of a request has in it: the first that fits.
ANSWERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "abrp": {
        "_tlm": {
            "status": "ok",
            "result": [{"vehicle_id": 1, "name": "Car", "car_model": "a:b:20"}],
        }
    },
    "aladdin_connect": {"/devices": {"devices": []}},
    "bosch_smart_camera": {"/video_inputs": []},
    "dropbox": {
        "/get_current_account": {
            "account_id": "neighbour-id",
            "email": _MAIL,
            "name": {"display_name": "Anna"},
        }
    },
    "ekeybionyx": {
        "/function-webhooks": {
            "functionWebhookId": "neighbour-webhook",
            "integrationName": "Home Assistant",
            "locationName": "Home Assistant",
            "functionName": "Door",
            "expiresAt": _DAY,
            "modificationState": None,
        },
        "/systems": [
            {
                "systemName": "Home",
                "systemId": "neighbour-id",
                "ownSystem": True,
                "functionWebhookQuotas": {"free": 1, "used": 0},
            }
        ],
    },
    "electric_kiwi": {
        "/session": {
            "status": 1,
            "data": {"data": {"customer_number": 1, "res_partner_id": 1}},
        }
    },
    "fitbit": {
        "/profile.json": {"user": {"encodedId": "neighbour-id", "displayName": "Anna"}}
    },
    "google": {
        # Of a client that is none for devices; then the flow goes on in the browser.
        "/device/code": Response({"error": "invalid_client"}, 401),
        "/calendars/primary": {"id": _MAIL, "summary": "Anna", "timeZone": "UTC"},
    },
    "google_drive": {
        "/about": {"user": {"emailAddress": _MAIL}},
        "/files": {"id": "neighbour-id", "name": "Home Assistant", "files": []},
    },
    "google_health": {"/identity": {"name": "Anna", "healthUserId": "neighbour-id"}},
    "google_mail": {"/profile": {"emailAddress": _MAIL}},
    "google_sheets": {
        "/spreadsheets": {
            "spreadsheetId": "neighbour-id",
            "properties": {"title": "Home Assistant"},
            "sheets": [],
        }
    },
    "husqvarna_automower": {"/mowers": {"data": []}},
    "lametric": {
        "/users/me/devices": [
            {
                "id": 1,
                "name": "Clock",
                "state": "configured",
                "serial_number": "SA1",
                "api_key": "neighbour-key",
                "ipv4_internal": "198.51.100.7",
                "mac": "AA:BB:CC:DD:EE:FF",
                "wifi_ssid": "Home",
                "created_at": _DAY,
                "updated_at": _DAY,
            }
        ],
        "/device/notifications": {"success": {"id": "1"}},
        "/api/v2/device\\b": {
            "id": "1",
            "name": "Clock",
            "model": "LM 37X8",
            "mode": "manual",
            "os_version": "2.3.0",
            "serial_number": "SA1",
            "display": {
                "brightness": 1,
                "brightness_mode": "auto",
                "height": 8,
                "width": 37,
                "type": "mixed",
            },
            "wifi": {"available": True, "mode": "dhcp"},
            "audio": {"volume": 1},
            "bluetooth": {"available": False},
        },
    },
    "mcp": {
        # Then it asks for all of them, in whichever order, and uses its defaults.
        "/.well-known/": Response({}, 404),
        "/mcp$": _model_context,
    },
    "microbees": {"/getMyProfile": {"data": {"id": 1, "username": "anna"}}},
    "monzo": {"/accounts": {"accounts": []}, "/pots": {"pots": []}},
    "nest": {
        "/topics": {"topics": [{"name": "projects/cloud/topics/home"}]},
        "/subscriptions": {"subscriptions": []},
        "/devices": {"devices": []},
        "/structures": {"structures": []},
    },
    "onedrive": {"/drive": _DRIVE},
    "onedrive_for_business": {"/drive": _DRIVE},
    "overkiz": {
        "/homes": [{"id": "1", "label": "Home"}],
        "/overkizgateways": [{"gatewayId": "1234-5678-9012"}],
    },
    "smartthings": {
        "/locations": {"items": [{"locationId": "neighbour-id", "name": "Home"}]}
    },
    "spotify": {
        "/me$": {
            "id": "neighbour-id",
            "display_name": "Anna",
            "type": "user",
            "uri": "spotify:user:anna",
            "images": [],
            "product": "premium",
        }
    },
    "tidal": {
        "/users/me": {
            "data": {
                "id": "neighbour-id",
                "type": "users",
                "attributes": {"username": "anna", "country": "DE"},
            }
        }
    },
    "tibber": {
        "/gql": {
            "data": {
                "viewer": {
                    "name": "Anna",
                    "userId": "neighbour-id",
                    "websocketSubscriptionUrl": "wss://neighbour.example",
                    "homes": [],
                }
            }
        }
    },
    "twitch": {
        "/users": {
            "data": [{"id": "1", "login": "anna", "display_name": "Anna"}],
            "pagination": {},
        },
        "/channels/followed": {"data": [], "total": 0, "pagination": {}},
        "/validate": {
            "client_id": "neighbour-client",
            "login": "anna",
            "scopes": ["user:read:subscriptions", "user:read:follows"],
            "user_id": "1",
            "expires_in": 3600,
        },
    },
    "volvo": {
        "/vehicles/VIN": {
            "data": {
                "vin": "VIN",
                "modelYear": 2024,
                "gearbox": "AUTOMATIC",
                "fuelType": "ELECTRIC",
                "images": {"exteriorImageUrl": "", "internalImageUrl": ""},
                "descriptions": {"model": "EX30", "upholstery": "", "steering": ""},
            }
        },
        "/vehicles": {"data": [{"vin": "VIN"}]},
    },
    "weheat": {
        "/users/me": {
            "id": "neighbour-id",
            "role": 0,
            "updatedOn": _DAY,
            "createdOn": _DAY,
        },
        "/heat_pumps": [],
    },
    "xbox": {
        "/(user/authenticate|xsts/authorize)": {
            "IssueInstant": _DAY,
            "NotAfter": "2100-01-01T00:00:00Z",
            "Token": "neighbour-token",
            "DisplayClaims": {"xui": [{"uhs": "1", "xid": "1", "gtg": "Anna"}]},
        },
        "/people/": {"people": [_PERSON]},
    },
    "youtube": {
        "/channels": {
            "items": [
                {
                    "id": "UC1",
                    "snippet": {
                        "title": "Anna",
                        "description": "",
                        "publishedAt": _DAY,
                        "thumbnails": {},
                        "localized": {"title": "Anna", "description": ""},
                    },
                    "contentDetails": {"relatedPlaylists": {"uploads": "UU1"}},
                    "statistics": {
                        "viewCount": "1",
                        "subscriberCount": "1",
                        "videoCount": "1",
                        "hiddenSubscriberCount": False,
                    },
                }
            ]
        },
        "/(subscriptions|playlistItems)": {"items": []},
    },
}

# By domain: what is different in its answer with a token, or what is made of the token.
TOKENS: Final[Mapping[str, Mapping[str, Any] | Callable[[Any], Any]]] = {
    "husqvarna_automower": {"scope": "iam:read amc:api"},
    "google_health": {
        "scope": "https://www.googleapis.com/auth/googlehealth.profile.readonly"
    },
    "withings": lambda token: {"status": 0, "body": token | {"userid": 1}},
}

# By domain: what a token says beside, for who reads it.
CLAIMS: Final[Mapping[str, Mapping[str, Any]]] = {
    "husqvarna_automower": {
        "iss": "neighbour",
        "roles": [],
        "groups": [],
        "scopes": ["iam:read", "amc:api"],
        "scope": "iam:read amc:api",
        "client_id": "neighbour-client",
        "customer_id": "neighbour-id",
        "user": {
            "first_name": "Anna",
            "last_name": "Neighbour",
            "custom_attributes": {"hcp_country": "DE"},
            "customer_id": "neighbour-id",
        },
    },
    "tesla_fleet": {"ou_code": "NA"},
}

# By domain: what a person enters in a field, and chooses in a menu, by its name.
FIELDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "ekeybionyx": {"url": "https://home.example", "webhook1": "Door"},
    "lametric": {"choice_enter_manual_or_fetch_cloud": "pick_implementation"},
    "mcp": {"url": "https://mcp.neighbour.example/mcp"},
    "u_tec": {"client_id": "utec-client", "client_secret": "neighbour-secret"},
    "overkiz": {"hub": "rexel", "api_type": "cloud"},
    "smartcar": {"use_webhooks": False},
    "tesla_fleet": {"domain": "neighbour.example"},
    "nest": {"cloud_project_id": "cloud", "project_id": "device"},
}

# By domain: what a person has set up beside it.
BESIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "abrp": ("cloud",),
    "aladdin_connect": ("cloud",),
    "smartthings": ("cloud",),
    "oura": ("recorder",),
    "tibber": ("recorder",),
}
