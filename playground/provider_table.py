"""The table of what a check can tell for each integration: docs/providers.md, made from the played providers."""

from typing import Final

from playground import REPOSITORY
from playground.played_provider import Provider, Question
from playground.played_providers import NOT_SEEN, PROVIDERS

PATH: Final = REPOSITORY / "docs" / "providers.md"

INTRODUCTION: Final = """\
# What a check can tell

A [check](websocket-api.md#application_credentialscheck) asks the provider two questions: does it know the client, that is
client ID and client secret, and does it know the redirect URI? Some providers tell, some do not before a person has signed
in, and some look at the authorization code before anything else. A check never says more than the provider does.

This page is made by `scripts/providers` from `playground/played_providers.py`, where the answers of real providers stand
with their sources. `scripts/test tests/provider/test_played_providers.py` puts every question to every one of them.

## By integration

“Right, wrong” means that a check tells one from the other. “Right” means that it tells that a client is right, and never
that it is wrong: the integration asks for a token in a way of its own, which a check does not run. “–” means that it says
`unknown`, whatever is right.
“Not seen” means that no answer of this provider was found: a check reads it by RFC 6749.

| integration | provider | client | redirect URI |
| --- | --- | --- | --- |
"""


def provider_table() -> str:
    """Return the page."""
    rows = {
        domain: f"| `{domain}` | {played.name} | {_client(played)} | {_uri(played)} |"
        for played in PROVIDERS
        for domain in played.integrations
    } | {domain: f"| `{domain}` | | not seen | not seen |" for domain in NOT_SEEN}
    return "".join(
        (
            INTRODUCTION,
            *(f"{rows[domain]}\n" for domain in sorted(rows)),
            _verdicts(),
        )
    )


def _client(played: Provider) -> str:
    """Return what a check can tell of a client."""
    return _summary([each for each in played.questions() if each.about == "client"])


def _uri(played: Provider) -> str:
    """Return what a check can tell of a redirect URI."""
    if played.authorize is None:
        return "not seen"
    return _summary(
        [each for each in played.questions() if each.about == "redirect_uri"]
    )


def _summary(questions: list[Question]) -> str:
    told = {each.expected for each in questions if "real code" not in each.case}
    words = {"accepted": "right", "rejected": "wrong"}
    if "accepted" not in told:
        return "–"
    return ", ".join(word for verdict, word in words.items() if verdict in told)


def _verdicts() -> str:
    """Return the verdicts on all questions."""
    questions = [each for played in PROVIDERS for each in played.questions()]
    right = sum(each.expected == each.right for each in questions)
    unknown = len(questions) - right
    counts = (
        f"{len(questions)} questions to {len(PROVIDERS)} played providers: {right} verdicts are right, none is wrong,"
        f" and {unknown} are `unknown` where the right one is known.\n"
    )
    lines = [
        "\n## By question\n",
        counts,
        "| provider | question | verdict | |",
        "| --- | --- | --- | --- |",
    ]
    for played in PROVIDERS:
        for question in played.questions():
            about = "redirect URI" if question.about == "redirect_uri" else "client"
            note = (
                f"would be {question.right}: {question.stays_unknown}"
                if question.stays_unknown
                else ""
            )
            lines.append(
                f"| {played.name} | {about}: {question.case} | {question.expected} | {note} |"
            )
    lines.append("\n## Sources\n")
    lines += [f"- {played.name}: {'; '.join(played.sources)}." for played in PROVIDERS]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PATH.write_text(provider_table())
