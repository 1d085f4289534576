"""What Django does with a file while it arrives."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler

MB = 1_000_000


class BoundedUpload(TemporaryFileUploadHandler):
    """Every upload goes to disk, in pieces, and never more of it than may be sent.

    What is over the limit of one file is counted and thrown away, so that the form can say so and keep what else was
    typed; a request of more than ten times that is refused before it is read (413).
    """

    def handle_raw_input(
        self, input_data: object, META: dict, content_length: int, boundary: bytes, encoding: str | None = None
    ) -> None:
        if content_length > 10 * settings.MAX_UPLOAD_MB * MB:
            raise RequestDataTooBig("The request is larger than this site accepts.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start <= settings.MAX_UPLOAD_MB * MB:
            super().receive_data_chunk(raw_data, start)
