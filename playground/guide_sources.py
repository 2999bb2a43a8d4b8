"""Where each guide of the component was read, for docs/guides.md and for whoever checks it again.

`docs:page@commit` is a page of Home Assistant's documentation in its repository, `code:path` a file of Home Assistant
2026.11.0, `core#number` and `home-assistant.io#number` issues and pull requests of the repositories of Home Assistant.
"""

from typing import Final, NamedTuple


class Source(NamedTuple):
    """The name of an integration, where its guide was read, and what of it was not."""

    name: str
    where: str
    inferred: str = ""


_GOOGLE: Final = (
    "docs:_includes/integrations/google_client_secret.md@b951d87 home-assistant.io#47604 home-assistant.io#47702 "
    "home-assistant.io#40730 home-assistant.io#39979 core#137511 "
    "core#111871 rclone/rclone#9858 daiki-beppu/youtube-automation#4936"
)
_GOOGLE_INFERRED: Final = "The addresses of some APIs, which follow those of the others. What Google accepts as a home page."

SOURCES: Final = {
    "abrp": Source(
        "A Better Routeplanner",
        "code:abrp/config_flow.py code:abrp/const.py",
        "That nobody can make a client ID of their own: no page for it was found.",
    ),
    "aladdin_connect": Source(
        "Aladdin Connect",
        "code:aladdin_connect/config_flow.py docs:aladdin_connect@b4c0344 code:aladdin_connect/strings.json",
    ),
    "august": Source(
        "August",
        "code:august/manifest.json docs:august@7bd47c1 code:config_entries.py code:setup.py code:helpers/config_entry_oauth2_flow.py home-assistant.io#40508",
    ),
    "bosch_smart_camera": Source(
        "Bosch Smart Camera",
        "code:bosch_smart_camera/config_flow.py code:bosch_smart_camera/application_credentials.py",
    ),
    "dropbox": Source(
        "Dropbox",
        "docs:dropbox@e5a8708 code:dropbox/const.py core#174587 core#172643 home-assistant.io#44434",
        "That account linking works again after Dropbox stopped it in May 2026: the report is closed, its end could not be read; it is where the message is from. The names of the buttons.",
    ),
    "ekeybionyx": Source(
        "ekey bionyx",
        "docs:ekeybionyx@6857def code:ekeybionyx/const.py home-assistant.io#43279 code:ekeybionyx",
        "That Home Assistant links it: the documentation asks for an account and for nothing else.",
    ),
    "electric_kiwi": Source(
        "Electric Kiwi",
        "docs:electric_kiwi@81aaeaa code:electric_kiwi/application_credentials.py code:electric_kiwi/oauth2.py",
    ),
    "fitbit": Source(
        "Fitbit",
        "docs:fitbit@fbc3a3b code:fitbit/const.py home-assistant.io#45291 TraceApps/nutritrace#8 CodeWithCJ/SparkyFitness#1236 PipedreamHQ/pipedream#21785 ervwalter/trendweight#450 the-momentum/open-wearables#1370 code:fitbit",
        "That the service ended on 30 September 2026, as was announced: nothing written after that day was found.",
    ),
    "gentex_homelink": Source(
        "HomeLink",
        "code:gentex_homelink/oauth2.py code:gentex_homelink/application_credentials.py docs:gentex_homelink@32888d1 code:gentex_homelink/config_flow.py",
    ),
    "geocaching": Source(
        "Geocaching",
        "docs:geocaching@e45227f code:geocaching/oauth.py core#140874 core#50284 code:geocaching/application_credentials.py core#72539",
    ),
    "google": Source(
        "Google Calendar",
        f"{_GOOGLE} docs:google@acdd388 code:google/const.py code:google/strings.json code:google/application_credentials.py code:google/config_flow.py",
        _GOOGLE_INFERRED,
    ),
    "google_assistant_sdk": Source(
        "Google Assistant SDK",
        f"{_GOOGLE} docs:google_assistant_sdk@7f1add8 code:google_assistant_sdk/config_flow.py code:google_assistant_sdk/application_credentials.py code:google_assistant_sdk/strings.json code:google_assistant_sdk/const.py tronikos/google_assistant_sdk_custom#23",
        _GOOGLE_INFERRED,
    ),
    "google_drive": Source(
        "Google Drive",
        f"{_GOOGLE} docs:google_drive@0a31440 code:google_drive/config_flow.py code:google_drive/application_credentials.py code:google_drive/strings.json code:google_drive/const.py",
        _GOOGLE_INFERRED,
    ),
    "google_health": Source(
        "Google Health",
        f"{_GOOGLE} docs:google_health@3ae8b0a code:google_health/const.py code:google_health/strings.json core#182964 core#178711 home-assistant.io#46634 home-assistant.io#45291",
        _GOOGLE_INFERRED,
    ),
    "google_mail": Source(
        "Google Mail",
        f"{_GOOGLE} docs:google_mail@b1f0ad7 code:google_mail/const.py code:google_mail/application_credentials.py code:google_mail/strings.json code:google_mail/config_flow.py",
        _GOOGLE_INFERRED,
    ),
    "google_photos": Source(
        "Google Photos",
        f"{_GOOGLE} docs:google_photos@4697c32 code:google_photos/const.py code:google_photos/application_credentials.py code:google_photos/strings.json code:google_photos/config_flow.py",
        _GOOGLE_INFERRED,
    ),
    "google_sheets": Source(
        "Google Sheets",
        f"{_GOOGLE} docs:google_sheets@1e6bb74 code:google_sheets/const.py code:google_sheets/application_credentials.py code:google_sheets/strings.json code:google_sheets/config_flow.py",
        _GOOGLE_INFERRED,
    ),
    "google_tasks": Source(
        "Google Tasks",
        f"{_GOOGLE} docs:google_tasks@5277660 code:google_tasks/const.py code:google_tasks/application_credentials.py code:google_tasks/strings.json code:google_tasks/config_flow.py",
        _GOOGLE_INFERRED,
    ),
    "home_connect": Source(
        "Home Connect",
        "docs:home_connect@d722556 code:home_connect/strings.json code:home_connect/application_credentials.py core#169982 thoukydides/homebridge-homeconnect#115 core#169693 core#81302 home-assistant.io#16313 core#170143 core#117169 thoukydides/homebridge-homeconnect#60 core#82095",
    ),
    "husqvarna_automower": Source(
        "Husqvarna Automower",
        "docs:husqvarna_automower@cd49378 code:husqvarna_automower/strings.json code:husqvarna_automower/config_flow.py core#114499 Thomas55555/husqvarna_automower#213 jeff-winn/homebridge-automower-platform#213",
    ),
    "iotty": Source(
        "iotty",
        "docs:iotty@bc52927 code:iotty/config_flow.py code:iotty/manifest.json",
        "That Home Assistant links it: the documentation asks for an account and for nothing else.",
    ),
    "lametric": Source(
        "LaMetric",
        "docs:lametric@e12842e code:lametric/config_flow.py code:lametric/strings.json",
        "The names of the permissions: the documentation has `read_devices`, the code asks for `devices_read`.",
    ),
    "lyric": Source(
        "Honeywell Lyric",
        "docs:lyric@6a717db code:lyric/strings.json home-assistant.io#44705 home-assistant.io#29111 home-assistant.io#44084 core#133977 bramkragten/lyric#5",
        "That the application is opened from a list: the documentation has its name selected.",
    ),
    "mcp": Source(
        "Model Context Protocol Client",
        "code:mcp/config_flow.py code:mcp/application_credentials.py docs:mcp@b8ec43d code:mcp/strings.json",
        "All steps: each server names a login service of its own.",
    ),
    "microbees": Source(
        "microBees",
        "docs:microbees@9b5d8f7 code:microbees/const.py core#99573 code:microbees/application_credentials.py",
        "Which address is right: the documentation has the bare one, the vendor's first text the whole redirect URI. Nobody has reported either.",
    ),
    "miele": Source(
        "Miele",
        "docs:miele@3c24fb7 code:miele/strings.json code:miele/application_credentials.py QuickSander/homebridge-mieleathome#82 home-assistant.io#40116 core#28210 astrandb/miele#220 astrandb/miele#275 astrandb/miele#182 Grizzelbee/ioBroker.mielecloudservice#611 https://developer.miele.com/docs/authorization2",
        "The name of the field for the e-mail address.",
    ),
    "monzo": Source(
        "Monzo",
        "docs:monzo@fbc3a3b code:monzo/config_flow.py code:monzo/strings.json home-assistant.io#47047 home-assistant.io#47389 core#154628 pawelad/pymonzo#40 core#179392",
    ),
    "myuplink": Source(
        "myUplink",
        "docs:myuplink@fae8d44 code:myuplink/strings.json code:myuplink/const.py code:myuplink/application_credentials.py jaroschek/home-assistant-myuplink#52 home-assistant.io#36017 jaroschek/home-assistant-myuplink#9",
    ),
    "neato": Source(
        "Neato Botvac",
        "docs:neato@e4bd858 home-assistant.io#44624 code:neato home-assistant.io#44602",
    ),
    "nest": Source(
        "Google Nest",
        f"{_GOOGLE} docs:nest@6683497 https://developers.google.com/nest/device-access/get-started code:nest/config_flow.py code:nest/const.py code:nest/strings.json core#136609 home-assistant.io#37130 home-assistant.io#37121 home-assistant.io#37292 home-assistant.io#38085 core#124345 home-assistant.io#22914",
        f"{_GOOGLE_INFERRED} That accounts of Google Workspace do not work is the report of one person.",
    ),
    "netatmo": Source(
        "Netatmo",
        "docs:netatmo@bfd5842 code:netatmo/api.py code:netatmo/const.py home-assistant.io#46495 core#173046 home-assistant.io#40519 home-assistant.io#46757 core#160198 core#103867",
        "The name of the field for webhooks. That an empty field and the whole redirect URI both work: the documentation says empty, one person reports the other.",
    ),
    "ondilo_ico": Source(
        "Ondilo ICO", "code:ondilo_ico/config_flow.py docs:ondilo_ico@9e4a69a"
    ),
    "onedrive": Source(
        "OneDrive",
        "docs:onedrive@6683497 code:onedrive/const.py https://devblogs.microsoft.com/microsoft365dev/client-secret-expiration-now-limited-to-a-maximum-of-two-years/ home-assistant.io#37372 home-assistant.io#37523 core#181484 RogerSelwyn/O365-HomeAssistant#241 https://learn.microsoft.com/entra/identity-platform/supported-accounts-validation",
        "The names of the buttons. That a free Azure account is enough is the report of one person. That backups are not copied by themselves: the documentation has that the folder is another one.",
    ),
    "onedrive_for_business": Source(
        "OneDrive for Business",
        "docs:onedrive_for_business@0c455fe code:onedrive_for_business/config_flow.py code:onedrive_for_business/strings.json https://devblogs.microsoft.com/microsoft365dev/client-secret-expiration-now-limited-to-a-maximum-of-two-years/ code:onedrive_for_business/const.py home-assistant.io#41585 https://learn.microsoft.com/entra/identity-platform/supported-accounts-validation RogerSelwyn/O365-HomeAssistant#241",
        "The names of the buttons. Whether an administrator has to consent depends on the organization.",
    ),
    "overkiz": Source(
        "Overkiz",
        "code:overkiz/config_flow.py code:overkiz/__init__.py code:overkiz/application_credentials.py",
    ),
    "point": Source(
        "Minut Point",
        "docs:point@95613b4 code:point/application_credentials.py code:point/config_flow.py home-assistant.io#32971 https://developer.minut.com/api-information https://developer.minut.com/authentication/partner",
        "The address of the page: the vendor's own documentation calls it *Developer tools*, and Home Assistant's, of 2024, gives this link.",
    ),
    "senz": Source(
        "nVent RAYCHEM SENZ",
        "home-assistant.io#25467 home-assistant.io#24768 docs:senz@9311847 code:senz/manifest.json",
    ),
    "smartthings": Source(
        "SmartThings",
        "code:smartthings/config_flow.py code:smartthings/const.py core#141520 core#144250",
    ),
    "spotify": Source(
        "Spotify",
        "docs:spotify@f1b76b8 code:spotify/const.py code:spotify/strings.json https://developer.spotify.com/documentation/web-api/concepts/redirect_uri kylejohnsonkj/rpi-spotify-matrix-display#4 https://developer.spotify.com/blog/2026-02-06-update-on-developer-access-and-platform-security iobroker-community-adapters/ioBroker.spotify-premium#588 thlucas1/homeassistantcomponent_spotifyplus#235 music-assistant/server#4494 home-assistant.io#44046 core#75447 home-assistant.io#44020 core#165116 home-assistant.io#45671 home-assistant.io#41403 https://developer.spotify.com/blog/2026-06-18-refresh-token-expiration",
        "The names of the buttons. That account linking serves it no more: five accounts per client ID leave no room for it.",
    ),
    "tesla_fleet": Source(
        "Tesla Fleet",
        "docs:tesla_fleet@964f62d code:tesla_fleet/const.py home-assistant.io#44050 code:tesla_fleet/config_flow.py core#146794 core#151568 core#135318 home-assistant.io#39741 core#124875 core#162529 core#134595 docs:tesla_fleet@0052ff4 https://developer.tesla.com/docs/fleet-api/billing-and-limits https://developer.tesla.com/docs/fleet-api/getting-started/what-is-fleet-api https://github.com/KnevS/Tesla-Carview/wiki/DE-Tesla-API-Setup",
        "The names of the fields: they are from other projects' guides of 2026.",
    ),
    "teslemetry": Source(
        "Teslemetry",
        "code:teslemetry/__init__.py code:teslemetry/application_credentials.py docs:teslemetry@0a31440 code:teslemetry/config_flow.py",
    ),
    "tibber": Source(
        "Tibber",
        "https://www.home-assistant.io/components/sensor.tibber/ home-assistant.io#42569 code:tibber/const.py core#160482 home-assistant.io#43015 core#172742 https://docs.evcc.io/en/vehicles/tibber/ home-assistant.io#25619",
        "That each permission has to be selected: the names are from the code. The words of the message, of which the report has the sense.",
    ),
    "twitch": Source(
        "Twitch",
        "docs:twitch@2356749 code:twitch/const.py https://dev.twitch.tv/docs/authentication/register-app/ arfonso01/auto-heroic-categories#1 twitchdev/issues#1184 core#101414 home-assistant.io#31972",
        "*Confidential* and the names of the other buttons: they are from another project's report.",
    ),
    "vicare": Source(
        "Viessmann ViCare",
        "home-assistant.io#45689 home-assistant.io#46562 docs:vicare@5277660 code:vicare/const.py code:vicare/strings.json home-assistant.io#47095 home-assistant.io#46951 home-assistant.io#46563 code:vicare/application_credentials.py",
        "That the client secret may be left empty: the code does not use it, and the integration has anything entered.",
    ),
    "volvo": Source(
        "Volvo",
        "docs:volvo@79cb5b2 code:volvo/config_flow.py thomasddn/ha-volvo-cars#91 home-assistant.io#42515 home-assistant.io#41625 core#158467 core#165955 https://developer.volvocars.com/apis/docs/authorisation code:volvo/strings.json code:volvo/application_credentials.py core#151062",
        "The name of the button. How long a link lasts depends on the application; six months is what new ones have.",
    ),
    "watts": Source(
        "Watts Vision +",
        "docs:watts@b6901dc code:watts/manifest.json code:config_entries.py code:setup.py code:helpers/config_entry_oauth2_flow.py home-assistant.io#40508",
    ),
    "weheat": Source(
        "Weheat",
        "docs:weheat@5277660 code:weheat/const.py core#135934 core#170528 code:weheat/application_credentials.py core#130957",
    ),
    "willow": Source("Willow", "code:willow/config_flow.py docs:willow@6c04130"),
    "withings": Source(
        "Withings",
        "docs:withings@1da48de code:withings/strings.json code:withings/application_credentials.py",
        "The name of the field for the redirect URI.",
    ),
    "xbox": Source(
        "Xbox",
        "docs:xbox@8125228 code:xbox/config_flow.py code:xbox core#181484 core#42537 home-assistant.io#35780",
    ),
    "yale": Source(
        "Yale Home",
        "docs:yale@5382163 code:yale/manifest.json code:config_entries.py code:setup.py code:helpers/config_entry_oauth2_flow.py home-assistant.io#40508",
    ),
    "yolink": Source(
        "YoLink",
        "docs:yolink@2330e46 home-assistant.io#42403 core#92221 home-assistant.io#47400 code:yolink",
        "That the redirect URI is to be named in the e-mail.",
    ),
    "yoto": Source(
        "Yoto",
        "docs:yoto@7e0a538 code:yoto/const.py home-assistant.io#45684 home-assistant.io#46460 core#172544 code:yoto/application_credentials.py",
    ),
    "youtube": Source(
        "YouTube",
        f"{_GOOGLE} docs:youtube@9d651f8 code:youtube/const.py code:youtube/application_credentials.py code:youtube/strings.json code:youtube/config_flow.py",
        _GOOGLE_INFERRED,
    ),
}
