"""The bench's console: rows that stay on the screen, a live line of progress below them, and keys that steer."""

from collections.abc import Callable

from rich.console import Console as RichConsole
from rich.console import Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as RichProgress
from rich.text import Text as RichText

from calib.errors import InputError, RunError
from calib.ports import Answer, Prompt
from calib.record.result import Result, Verdict
from calib.run.control import Moment, Request, Wishes
from calib.run.faces import Progress
from calib.run.keys import KEYS, Keys, legend
from calib.run.lines import duration, header, line
from calib.run.operators import details, hint, parse
from calib.run.waiting import Waiting
from calib.run.waitlines import lines
from calib.text import Language, Text, tr

_STYLE: dict[Verdict, str] = {
    "pass": "green",
    "fail": "bold red",
    "conditionalPass": "yellow",
    "conditionalFail": "bold yellow",
    "none": "",
}


class Console:
    """Operator and watcher at a terminal."""

    def __init__(
        self,
        name: str,
        language: Language,
        console: RichConsole | None = None,
        *,
        open_picture: Callable[[str], object] = lambda path: None,
    ) -> None:
        """Take a name; `open_picture` has a picture shown on a screen, by its path."""
        self.name = name
        self._open_picture = open_picture
        self._language = language
        self._console = console or RichConsole(highlight=False)
        self._key = Keys()
        self._wishes = Wishes()
        self._group: Text | None = None
        self._bar = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"),
            console=self._console,
            auto_refresh=False,
        )
        self._task = self._bar.add_task("", total=None, left="")
        footer = RichText(legend(language), style="dim")
        self._wait = RichText(no_wrap=True, overflow="crop")
        rows = Group(self._bar, self._wait, footer)
        self._live = Live(rows, console=self._console, refresh_per_second=4, transient=True)

    def begin(self, title: Text, total: int, *, simulated: bool) -> None:
        """Draw the title, and begin to listen to the keys."""
        mark = f"  [{tr('SIMULATED', self._language)}]" if simulated else ""
        self._console.print(RichText(title.in_(self._language) + mark, style="bold"))
        self._console.print(tr("Verdicts are provisional until the run is complete.", self._language))
        self._bar.update(self._task, total=total)
        self._key.__enter__()
        self._live.start()

    def progress(self, progress: Progress) -> None:
        """Draw the progress with the time left."""
        left = f"{tr('time left', self._language)} {duration(progress.remaining_s)}" if progress.done else ""
        doing = progress.doing.in_(self._language)
        self._bar.update(self._task, completed=progress.done, total=progress.total, description=doing, left=left)

    def result(self, result: Result) -> None:
        """Draw a row, under the heading of its group."""
        if result.group != self._group:
            self._group = result.group
            self._console.print()
            self._console.print(RichText(result.group.in_(self._language), style="bold cyan"))
            self._console.print(RichText(header(self._language), style="dim"))
        self._console.print(RichText(line(result, self._language), style=_STYLE[result.verdict]))

    def waiting(self, waiting: Waiting | None) -> None:
        """Draw how a wait stands, between the progress and the keys."""
        self._wait.plain = "" if waiting is None else "\n".join(lines(waiting, self._language))

    def message(self, text: Text) -> None:
        """Draw a message."""
        self._console.print(RichText(text.in_(self._language), style="bold"))

    def requested(self, moment: Moment, point: str) -> Request | None:
        """Return what the keys ask for; it is kept until its moment."""
        del point
        for key in self._key.pressed():
            self._wishes.add(Request(KEYS[key]))
        return self._wishes.requested(moment)

    def end(self) -> None:
        """Give the terminal back."""
        self._live.stop()
        self._key.__exit__(None, None, None)

    def ask(self, prompt: Prompt) -> Answer:
        """Put a question under the rows; the live line stands still meanwhile."""
        was_live = self._live.is_started
        self._live.stop()
        with self._key.paused():
            style = "bold white on red" if prompt.hazard else "bold yellow"
            self._console.print(RichText("► " + prompt.text.in_(self._language), style=style))
            for detail in details(prompt, self._language):
                self._console.print(RichText(f"  {detail}".rstrip()), soft_wrap=True)  # a path is copied whole
            if prompt.picture is not None:
                self._open_picture(prompt.picture.in_(self._language))
            while True:
                try:
                    answer = self._console.input(RichText("  " + hint(prompt, self._language) + " "))
                    value = parse(prompt, answer.strip())
                    break
                except EOFError:
                    msg = f"nobody is there to answer '{prompt.id}': the terminal was closed"
                    raise RunError(msg) from None
                except InputError as error:
                    self._console.print(RichText(f"  {error}", style="red"))
        if was_live:
            self._live.start()
        return Answer(value, self.name)
