"""Characters as a drawing: lines of a terminal, joined where they meet."""

_UP, _DOWN, _LEFT, _RIGHT = 1, 2, 4, 8
_CORNERS = " ╵╷│╴┘┐┤╶└┌├─┴┬┼"
"""The character of each sum of directions."""


class Cells:
    """Rows of characters that grow with what is drawn; leads of different nets cross without touching."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], str] = {}
        self._leads: dict[tuple[int, int], dict[int, int]] = {}
        """Directions in a cell, by net."""

    def text(self, row: int, column: int, said: str) -> None:
        """Write from a place on."""
        for offset, letter in enumerate(said):
            self._cells[row, column + offset] = letter

    def box(self, row: int, column: int, width: int, height: int, title: str = "") -> None:
        """Draw a frame, its title in its upper edge."""
        self.text(row, column, "┌" + f"{f' {title} ' if title else '':─<{width - 2}}" + "┐")
        for inner in range(row + 1, row + height - 1):
            self.text(inner, column, "│")
            self.text(inner, column + width - 1, "│")
        self.text(row + height - 1, column, "└" + "─" * (width - 2) + "┘")

    def across(self, row: int, start: int, end: int, net: int) -> None:
        """Draw a lead between two columns of a row."""
        first, last = sorted((start, end))
        for column in range(first, last + 1):
            self._lead(row, column, (_LEFT if column > first else 0) | (_RIGHT if column < last else 0), net)

    def down(self, column: int, start: int, end: int, net: int) -> None:
        """Draw a lead between two rows of a column."""
        first, last = sorted((start, end))
        for row in range(first, last + 1):
            self._lead(row, column, (_UP if row > first else 0) | (_DOWN if row < last else 0), net)

    def lines(self) -> list[str]:
        """Return the rows."""
        drawn = {place: self._crossing(nets) for place, nets in self._leads.items()} | self._cells
        if not drawn:
            return []
        height, width = max(row for row, _ in drawn) + 1, max(column for _, column in drawn) + 1
        return ["".join(drawn.get((row, c), " ") for c in range(width)).rstrip() for row in range(height)]

    def _lead(self, row: int, column: int, directions: int, net: int) -> None:
        nets = self._leads.setdefault((row, column), {})
        nets[net] = nets.get(net, 0) | directions

    @staticmethod
    def _crossing(nets: dict[int, int]) -> str:
        """Return the character of a cell; of several nets that which goes down lies on top."""
        on_top = max(nets.values(), key=lambda directions: (directions & (_UP | _DOWN), directions))
        return _CORNERS[on_top]
