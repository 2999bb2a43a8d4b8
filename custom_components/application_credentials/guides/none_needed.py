"""Integrations for which nobody makes a client ID: it is there, or cannot be had."""

from typing import Final

from .guide import COPY, OPEN, Guide, Kind, Page, Sentence, Unlinked, Values, say


def _linked(
    provider: str,
    *notes: Sentence,
    unlinked: Unlinked = Unlinked.ASKS,
    is_on_request: bool = False,
) -> Guide:
    """Return the guide of an integration that Home Assistant links alone."""
    return Guide(
        kind=Kind.CLOUD,
        provider=provider,
        before=(say("own_on_request"),) if is_on_request else (),
        notes=notes,
        unlinked=unlinked,
    )


def _builtin(provider: str, *notes: Sentence) -> Guide:
    """Return the guide of an integration that has its client ID in its code."""
    return Guide(kind=Kind.BUILTIN, provider=provider, notes=notes)


GUIDES: Final = {
    "abrp": _linked("A Better Routeplanner", unlinked=Unlinked.REFUSES),
    "aladdin_connect": _linked("Genie", unlinked=Unlinked.REFUSES),
    "august": _linked("August", unlinked=Unlinked.LOADS),
    "bosch_smart_camera": _builtin("Bosch"),
    "ekeybionyx": _linked(
        "ekey",
        say("note_in_app", switch="plus mode", app="ekey bionyx"),
        say("note_in_app", switch="Third-Party API", app="ekey bionyx"),
    ),
    "electric_kiwi": _linked("Electric Kiwi"),
    "fitbit": Guide(
        kind=Kind.GONE,
        provider="Fitbit",
        before=(say("use_instead", other="Google Health"),),
    ),
    "gentex_homelink": _builtin("Gentex"),
    "geocaching": _linked("Geocaching", is_on_request=True),
    "iotty": _linked("iotty"),
    "neato": Guide(kind=Kind.GONE, provider="Neato"),
    "ondilo_ico": _builtin("Ondilo"),
    "overkiz": _builtin("Overkiz"),
    "senz": _linked("nVent RAYCHEM", is_on_request=True),
    "smartthings": _linked("Samsung", unlinked=Unlinked.REFUSES),
    "teslemetry": _builtin("Teslemetry", say("note_paid", plan="Teslemetry")),
    "watts": _linked("Watts", unlinked=Unlinked.LOADS),
    "weheat": Guide(
        kind=Kind.PUBLISHED,
        provider="Weheat",
        console=Page(
            "support.weheat.nl",
            "https://support.weheat.nl/s/article/"
            "Is-er-een-offici%C3%ABle-Home-Assistant-integratie",
        ),
        steps=(OPEN, COPY),
        values=Values("Client ID", "Client Secret"),
        notes=(say("note_login", account="Weheat"),),
    ),
    "willow": _builtin("Willow"),
    "xbox": _linked("Microsoft"),
    "yale": _linked("Yale", unlinked=Unlinked.LOADS),
}
