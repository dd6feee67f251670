"""What a plugin says when it cannot go on.

The kind tells the host whose turn it is: that of the pipeline's author (parameters), of the
data's owner, of time (worth another try) or of the plugin's author.
"""

from __future__ import annotations


class Error(Exception):
    """Why a call failed: one sentence for the person who wrote the pipeline, without a full stop.

    Raised as it is, it is none of the kinds below.
    """

    kind = "failed"

    def __init__(self, message: str, at: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        #: For `InvalidParams`: where in the parameters, as a JSON Pointer such as `/columns/2`.
        self.at = at


class InvalidParams(Error):
    """The parameters are wrong for this plugin or this schema."""

    kind = "invalid-params"


class InvalidData(Error):
    """A value of the data is wrong."""

    kind = "invalid-data"


class Transient(Error):
    """Worth another try: nothing else is."""

    kind = "transient"
