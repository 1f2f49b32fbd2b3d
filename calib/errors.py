"""All errors that calib raises on purpose.

::

    CalibError                          what calib refuses or finds wrong; `exit_code` is the command's
    ├── InputError                      a file, an argument or an entry is wrong (also a ValueError)
    │   ├── FileError                   a file cannot be read or written, or a field in it is wrong
    │   └── OutOfRange                  a value that the instrument or the model does not allow
    ├── EquipmentError                  unknown, overdue or unsuitable equipment
    │   ├── IdentityError               the instrument is not the one that the register or the job names
    │   └── CalibrationStatusError      overdue, or outside its specification's interval or conditions
    ├── InstrumentError                 an instrument answered wrongly, reports an error, or is silent
    │   ├── LinkError                   it cannot be reached, or the line broke (also a ConnectionError)
    │   ├── NoReply                     it did not answer in time (also a TimeoutError)
    │   ├── ReplyError                  its answer could not be read
    │   ├── DeviceError                 its own error channel reports
    │   ├── Overload                    the input exceeds the range
    │   ├── NoSignal                    there is nothing at the input to be counted
    │   ├── SettingChanged              its function or range is no longer what it was told
    │   ├── Senseless                   it indicates what cannot be there, and nobody mended it
    │   ├── ReplayError                 a recording has another message there
    │   └── ResourceHeld                another process or client holds it
    ├── UncertaintyError                an uncertainty that cannot be computed as asked (also a ValueError)
    │   └── UnitError                   units that do not fit
    ├── RecordError                     a journal or a record that cannot be written or read
    │   └── IntegrityError              its seal or its chain is broken
    └── RunError                        a run that cannot go on
        └── Aborted                     the operator stopped it

A message names the instrument or the file and field, what was asked, what came back or is allowed, and what to do.
"""

from typing import ClassVar


class CalibError(Exception):
    """What calib refuses or finds wrong."""

    exit_code: ClassVar[int] = 2
    """Exit status of the command `calib` when it ends with this error."""


class InputError(CalibError, ValueError):
    """A file, an argument or an entry is wrong."""


class FileError(InputError):
    """A file cannot be read or written, or a field in it is wrong."""


class OutOfRange(InputError):
    """A value that the instrument or the model does not allow."""


class EquipmentError(CalibError):
    """Unknown, overdue or unsuitable equipment."""


class IdentityError(EquipmentError):
    """The instrument is not the one that the register or the job names."""


class CalibrationStatusError(EquipmentError):
    """Overdue, or outside the interval or the conditions of its specification."""


class InstrumentError(CalibError):
    """An instrument answered wrongly, reports an error, or is silent."""


class LinkError(InstrumentError, ConnectionError):
    """The instrument cannot be reached, or the line broke."""


class NoReply(InstrumentError, TimeoutError):
    """The instrument did not answer in time."""


class ReplyError(InstrumentError):
    """The answer could not be read."""


class DeviceError(InstrumentError):
    """The instrument's own error channel reports."""


class Overload(InstrumentError):
    """The input exceeds the range; there is no reading."""


class NoSignal(InstrumentError):
    """There is nothing at the input to be counted."""


class SettingChanged(InstrumentError):
    """Its function or range is no longer what it was told: a knob was turned, or its range is locked."""


class Senseless(InstrumentError):
    """It indicates what cannot be there, and nobody mended it."""


class ReplayError(InstrumentError):
    """A recording that is replayed has another message there, or one that was not sent."""


class ResourceHeld(InstrumentError):
    """Another process or client holds the instrument."""


class UncertaintyError(CalibError, ValueError):
    """An uncertainty that cannot be computed as asked."""


class UnitError(UncertaintyError):
    """Units that do not fit."""


class RecordError(CalibError):
    """A journal or a record that cannot be written or read."""


class IntegrityError(RecordError):
    """The seal or the chain of a journal or record is broken."""

    exit_code: ClassVar[int] = 1


class RunError(CalibError):
    """A run that cannot go on."""

    exit_code: ClassVar[int] = 1


class Aborted(RunError):
    """The operator stopped the run."""

    exit_code: ClassVar[int] = 130
