"""The pictures of a run: each is drawn once, kept as a file beside the journal, and told with its digest."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from calib.ports import Drawing, Prompt
from calib.text import LANGUAGES, Language, Text

FOLDER = "pictures"
_log = logging.getLogger("calib.run")
_DIGITS = 12
"""Of the digest in the name of a file."""


class Pictures:
    """Files of the pictures that prompts show."""

    def __init__(self, run: Path | None) -> None:
        """Take the folder of a run; without one nothing is written."""
        self._folder = None if run is None else run / FOLDER

    def of(self, prompt: Prompt) -> Prompt:
        """Return the prompt with the paths of its picture; one that cannot be written holds nobody up."""
        if prompt.drawing is None or self._folder is None:
            return prompt
        try:
            paths = {language: str(self._file(prompt.drawing, language)) for language in LANGUAGES}
        except OSError as error:
            _log.warning("no picture of %s: %s", prompt.id, error)
            return prompt
        return replace(prompt, picture=Text(vi=paths["vi"], en=paths["en"]))

    def _file(self, drawing: Drawing, language: Language) -> Path:
        assert self._folder is not None
        path = self._folder / f"{drawing.name}-{digests(drawing)[language][:_DIGITS]}.{language}.svg"
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")  # a run that is killed now leaves no half a picture under this name
            part.write_text(drawing.svg(language), encoding="utf-8")
            part.replace(path)
        return path


@lru_cache(maxsize=512)
def digests(drawing: Drawing) -> Mapping[str, str]:
    """Return the SHA-256 of a picture's file in each language."""
    drawn = {language: drawing.svg(language).encode() for language in LANGUAGES}
    return MappingProxyType({language: hashlib.sha256(svg).hexdigest() for language, svg in drawn.items()})
