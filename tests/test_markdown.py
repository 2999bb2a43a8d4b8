"""What others have chosen is shown as it is."""

from custom_components.application_credentials.markdown import as_markdown


def test_what_others_have_written_is_no_markdown() -> None:
    """A link, an address, an image: it is shown as it stands."""
    assert as_markdown("[a](http://b) anna@shop.test ![c](d) <e> `f`") == (
        r"\[a\]\(http\:\/\/b\) anna\@shop\.test \!\[c\]\(d\) \<e\> \`f\`"
    )
