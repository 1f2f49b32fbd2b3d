"""JSON of journals is strict: any language reads it, whatever a procedure notes."""

import datetime as dt
import json
import math
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pytest

from calib.errors import RecordError
from calib.record.encoding import from_json, to_json


@dataclass(frozen=True)
class Noted:
    value: float
    several: tuple[Any, ...] = ()


def _strictly(text: str) -> Any:
    def refuse(constant: str) -> None:
        pytest.fail(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ({"U": 1.5, 3: True, "no": None}, {"U": 1.5, "3": True, "no": None}),
        ([math.inf, -math.inf, math.nan], ["inf", "-inf", "nan"]),
        (Noted(math.inf, (1, Noted(2.0))), {"value": "inf", "several": [1, {"value": 2.0, "several": []}]}),
        ({"on": dt.date(2026, 11, 23), "at": dt.time(7, 30)}, {"on": "2026-11-23", "at": "07:30:00"}),
        ((PurePosixPath("a/b"), np.float64(0.1), "Ω"), ["a/b", 0.1, "Ω"]),
    ],
)
def test_what_is_noted_is_read_by_any_parser(value: Any, read: Any) -> None:
    text = to_json(value)
    assert _strictly(text) == read == from_json(text)


@pytest.mark.parametrize("value", [{1, 2}, [b"raw"], {"f": print}, Noted(1.0, (object(),))])
def test_what_has_no_json_is_refused_with_its_type(value: Any) -> None:
    with pytest.raises(RecordError, match="cannot be written to a journal"):
        to_json(value)
