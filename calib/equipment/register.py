"""The register: a folder with one TOML file for each piece of equipment."""

import difflib
from collections.abc import Iterator
from pathlib import Path

from calib.equipment.model import Equipment
from calib.errors import EquipmentError, FileError
from calib.files import read_model


class Register:
    """All equipment of a laboratory, by id."""

    def __init__(self, equipment: dict[str, Equipment], folder: Path) -> None:
        self._equipment = equipment
        self.folder = folder

    @classmethod
    def load(cls, folder: Path) -> "Register":
        """Read every `*.toml` of the folder; raise one `FileError` that lists all that is wrong in them."""
        found: dict[str, Equipment] = {}
        origin: dict[str, Path] = {}
        mistakes: list[str] = []
        for path in sorted(folder.glob("*.toml")):
            try:
                equipment = read_model(path, Equipment)
            except FileError as error:
                mistakes.append(str(error))
                continue
            if equipment.id in found:
                mistakes.append(f"{path}: id: '{equipment.id}' is already that of {origin[equipment.id]}")
            found[equipment.id] = equipment
            origin[equipment.id] = path
        if mistakes:
            raise FileError("\n".join(mistakes))
        return cls(found, folder)

    def __getitem__(self, id: str) -> Equipment:
        """Return the equipment `id`; raise `EquipmentError` where the register does not hold it."""
        try:
            return self._equipment[id]
        except KeyError:
            near = difflib.get_close_matches(id, self._equipment, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(self._equipment) or 'none'}"
            msg = f"equipment '{id}' is not in the register {self.folder} — {hint}"
            raise EquipmentError(msg) from None

    def __iter__(self) -> Iterator[Equipment]:
        return iter(self._equipment.values())

    def __len__(self) -> int:
        return len(self._equipment)
