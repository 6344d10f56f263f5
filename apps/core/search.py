"""What the search box and the apps that answer it agree on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Hit:
    """One answer to what was typed.

    Parameters
    ----------
    kind : str
        What it is, in a word or two: ``"Data product"``.
    title : str
        Name of the record or page.
    address : str
        Its page.
    exact : bool
        Whether the text is the record's own identifier: a single exact hit is gone to at once.
    note : str
        What tells it from others of the same title, e.g. its time.
    word : bool
        Whether it is named by a word that others use too: gone to only where nothing else answers.
    """

    kind: str
    title: str
    address: str
    exact: bool = False
    note: str = ""
    word: bool = False
