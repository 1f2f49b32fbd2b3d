"""The register: a folder with one TOML file for each piece of equipment, and registers of msl-equipment (XML)."""

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path

from calib.equipment.model import Equipment
from calib.equipment.mslregister import read_msl_register
from calib.errors import EquipmentError, FileError
from calib.files import read_model


class Register:
    """All equipment of a laboratory, by id."""

    def __init__(
        self, equipment: dict[str, Equipment], folder: Path, origin: dict[str, Path], left_out: tuple[str, ...] = ()
    ) -> None:
        self._equipment = equipment
        self._origin = origin
        self.folder = folder
        self.left_out = left_out
        """What XML registers hold and this one does not, one line each."""

    @classmethod
    def load(cls, folder: Path) -> "Register":
        """Read every `*.toml` and `*.xml` of the folder; raise one `FileError` that lists all that is wrong in them."""
        found: dict[str, Equipment] = {}
        origin: dict[str, Path] = {}
        mistakes: list[str] = []
        left_out: list[str] = []
        for path in sorted([*folder.glob("*.toml"), *folder.glob("*.xml")]):
            try:
                several = _read(path, left_out)
            except FileError as error:
                mistakes.append(str(error))
                continue
            for equipment in several:
                if equipment.id in found:
                    mistakes.append(f"{path}: id: '{equipment.id}' is already that of {origin[equipment.id]}")
                found[equipment.id] = equipment
                origin[equipment.id] = path
        if mistakes:
            raise FileError("\n".join(mistakes))
        return cls(found, folder, origin, tuple(left_out))

    def __getitem__(self, id: str) -> Equipment:
        """Return the equipment `id`; raise `EquipmentError` where the register does not hold it."""
        try:
            return self._equipment[id]
        except KeyError:
            near = difflib.get_close_matches(id, self._equipment, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(self._equipment) or 'none'}"
            msg = f"equipment '{id}' is not in the register {self.folder} — {hint}"
            raise EquipmentError(msg) from None

    def __contains__(self, id: object) -> bool:
        return id in self._equipment

    def __iter__(self) -> Iterator[Equipment]:
        return iter(self._equipment.values())

    def __len__(self) -> int:
        return len(self._equipment)

    def file_of(self, id: str) -> Path:
        """Return the file that holds the equipment `id`."""
        return self._origin[self[id].id]


def _read(path: Path, left_out: list[str]) -> Iterable[Equipment]:
    if path.suffix == ".toml":
        return [read_model(path, Equipment)]
    equipment, remarks = read_msl_register(path)
    left_out += remarks
    return equipment
