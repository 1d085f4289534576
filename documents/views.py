"""How every file leaves the product. There is no address here: the owner's view fetches it, then calls this."""

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import render

from documents.models import StoredFile
from documents.services import NotServed, open_content

# Content from strangers: saved and never shown, not even by a browser that thinks it knows better.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "sandbox; default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
    "Accept-Ranges": "none",
}


def attachment(request: HttpRequest, file: StoredFile) -> HttpResponseBase:
    """The content, to be saved under its original name; a page that says why (410) where it may not be had.

    ``file`` has to come from a room's own ``visible_to``.
    """
    try:
        content = open_content(file)
    except NotServed as refusal:
        return render(request, "410.html", {"reason": str(refusal)}, status=410)
    return FileResponse(
        content, as_attachment=True, filename=file.original_name, content_type=file.content_type, headers=HEADERS
    )
