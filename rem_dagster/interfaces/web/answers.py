"""How is something answered that is no page?"""

from starlette.responses import PlainTextResponse, Response

from rem_dagster.interfaces.web.site import Site


def markdown_answer(site: Site, text: str) -> Response:
    """A text to be copied; a veiled journal gives none of its words away here either."""
    shown = text if site.veil is None else site.veil.text(text)
    return PlainTextResponse(shown, media_type="text/markdown; charset=utf-8")
