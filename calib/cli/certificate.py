"""`calib certificate`: make, check, sign, verify and amend certificates; keys for those who sign."""

import datetime as dt
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from calib.cli import options
from calib.record.names import ROLES, Role
from calib.text import Language

if TYPE_CHECKING:
    from calib.signing import Credentials

_FILE = click.Path(path_type=Path, dir_okay=False)
_record = click.option("--record", type=_FILE, help="The record of which it was made; else the one beside it.")
_output = click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="Folder for the documents.")
_issued = click.option(
    "--date", "issued", metavar="YYYY-MM-DD", type=click.DateTime(["%Y-%m-%d"]), help="Date of issue.  [default: today]"
)
_passphrase = click.option(
    "--passphrase-env",
    metavar="NAME",
    help="Environment variable that holds the passphrase (PIN) of the key; else it is asked for.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Make, check, sign, verify and amend certificates; make keys for those who sign."""


@command.command()
@click.argument("record", type=_FILE)
@_output
@_issued
@options.lab
def make(record: Path, output: Path | None, issued: object, lab: Path | None) -> None:
    """Make the certificate of RECORD, as PDF and DCC, and its results as tables; beside it, or in --output.

    Without a seal that holds, or where something lacks that ISO/IEC 17025 asks for, nothing is made. A certificate that
    is signed is never made again. It stands on the laboratory's own page (certificate.toml), and carries the opinions
    of authorised persons that lie beside RECORD (opinions.toml).

    \b
    Example:
        calib certificate make records/2026-118/record.h5
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.certificates import make as made
    from calib.run import Laboratory

    laboratory = Laboratory.find_any(lab, record.resolve().parent)
    for path in made(record, output or record.parent, _day(issued), laboratory).values():
        click.echo(path)


@command.command()
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_record
@options.lab
@options.language
def check(file: Path, record: Path | None, lab: Path | None, language: str, *, as_json: bool) -> None:
    """Check FILE: a record for all that a certificate needs, a certificate also against its record.

    Each demand of ISO/IEC 17025:2017, 7.8.2.1 a–p and 7.8.4.1 a–f, is named as present, justified or missing. Every
    number is read back from its printed digits, and the verdict that they imply is compared with the record's.

    Exit status: 0 nothing is missing, and all agrees; 1 something is or does not; 2 the file cannot be read.
    """
    import json

    from calib.certificates import check_certificate
    from calib.cli.checkview import told, told_json
    from calib.run import Laboratory

    checked = check_certificate(file, Laboratory.find_any(lab, file.resolve().parent), record)
    chosen: Language = "vi" if language == "vi" else "en"
    click.echo(json.dumps(told_json(checked), ensure_ascii=False, indent=2) if as_json else told(checked, chosen))
    sys.exit(0 if checked.right else 1)


@command.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=_FILE)
@click.option("--role", type=click.Choice(ROLES), required=True, help="What the signer did.")
@click.option("--key", type=_FILE, help="Private key: PKCS #12 (.p12, .pfx) or PEM.")
@click.option("--certificate", type=_FILE, help="Certificate (PEM, chain behind it) of a key in PEM or in a token.")
@click.option("--token", "module", type=_FILE, help="PKCS #11 module (.so, .dll) of the token that holds the key.")
@click.option("--token-label", default="", help="Label of the token.")
@click.option("--key-label", default="", help="Label of the key in the token.")
@click.option("--specimen", is_flag=True, help="Sign a specimen of simulated instruments as such; it issues nothing.")
@_passphrase
@_record
@options.lab
def sign(
    files: tuple[Path, ...],
    role: Role,
    key: Path | None,
    certificate: Path | None,
    module: Path | None,
    token_label: str,
    key_label: str,
    passphrase_env: str | None,
    record: Path | None,
    lab: Path | None,
    *,
    specimen: bool,
) -> None:
    """Sign certificates in a role: the PDF (PAdES) and the DCC (XAdES), each with a signature of its own.

    Before a signature is made, the record's seal is verified, and the numbers on paper, in the DCC and in the record
    are compared; before the first one, every word with the certificate made again. The rules are those of [signing] in
    laboratory.toml: who may sign what, which roles are required, and which no person may have both. What was simulated
    cannot be signed as a certificate.

    \b
    Examples:
        calib certificate sign certificate.pdf certificate.dcc.xml --role checked --key lan.p12
        calib certificate sign certificate.pdf certificate.dcc.xml --role approved --key minh.p12
        calib certificate sign certificate.pdf --role approved --token /usr/lib/softhsm/libsofthsm2.so \\
            --token-label lab --key-label minh --certificate minh.pem --passphrase-env PIN
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.certificates import sign as signed
    from calib.run import Laboratory

    laboratory = Laboratory.find(lab, files[0].resolve().parent)
    with _signer(key, certificate, (module, token_label, key_label), passphrase_env) as signer:
        for file in files:
            click.echo(signed(file, role, signer, laboratory, record=record, specimen=specimen))


@command.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=_FILE)
@click.option("--qr", default="", metavar="TEXT", help="What the QR code of the printed certificate holds.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_record
@options.lab
@options.language
def verify(
    files: tuple[Path, ...], qr: str, record: Path | None, lab: Path | None, language: str, *, as_json: bool
) -> None:
    """Verify FILES: PDF, DCC or record. Who signed, is it intact, are all numbers the same everywhere.

    The authorities that vouch for signers are those of the laboratory (keys/authorities): that of --lab, or of the
    folder in which the file lies. Everything is done offline.

    \b
    Examples:
        calib certificate verify certificate.pdf certificate.dcc.xml
        calib certificate verify certificate.pdf --qr '{"id":"HC-118","issueDate":"2026-11-02","sha256":"9f86…"}'

    Exit status: 0 every file is intact; 1 one is not; 2 one cannot be read.
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.certificates import verify_certificate
    from calib.cli.verifyview import tell_all
    from calib.run import Laboratory
    from calib.verification import FileCheck

    chosen: Language = "vi" if language == "vi" else "en"

    def check(file: Path) -> FileCheck:
        laboratory = Laboratory.find_any(lab, file.resolve().parent)
        return verify_certificate(file, laboratory, record=record, code=qr)

    sys.exit(tell_all(files, check, chosen, as_json=as_json))


@command.command()
@click.argument("record", type=_FILE)
@click.option("--number", required=True, help="Number of the new certificate.")
@click.option("--set", "fields", multiple=True, metavar="FIELD=VALUE", help="As in 'calib amend'; several times.")
@click.option("--note", default="", metavar="TEXT", help="Something that whoever reads the certificate must know.")
@click.option("--why", required=True, metavar="TEXT", help="Why it is amended.")
@click.option("--by", metavar="NAME", help="Who amends it.  [default: your user name]")
@_output
@_issued
@options.lab
def amend(
    record: Path,
    number: str,
    fields: tuple[str, ...],
    note: str,
    why: str,
    by: str | None,
    output: Path | None,
    issued: object,
    lab: Path | None,
) -> None:
    """Amend the certificate of RECORD: a new one, with a number of its own, that names the one that it replaces.

    The new record and its certificate get a folder of their own, named by the number; the original stays as it is
    (ISO/IEC 17025:2017, 7.8.8). The new certificate is not signed yet.

    \b
    Example:
        calib certificate amend record.h5 --number HC-118-1 --set item.serial_number=MY41001234 --why "misread"
    """  # noqa: D301 - click keeps lines after a backspace
    from calib.certificates import amend_certificate
    from calib.cli.amend import given_fields
    from calib.reevaluation import sealing_key
    from calib.run import Laboratory

    laboratory = Laboratory.find_any(lab, record.resolve().parent)
    made = amend_certificate(
        record,
        number,
        by or options.person(),
        why,
        issue_date=_day(issued),
        fields=given_fields(fields),
        note=note,
        laboratory=laboratory,
        folder=output,
        key=sealing_key(record, laboratory),
    )
    for path in made.values():
        click.echo(path)


@command.command()
@click.argument("name")
@_passphrase
@click.option("--authority-passphrase-env", metavar="NAME", help="The same, of the laboratory's own authority.")
@options.lab
def key(name: str, passphrase_env: str | None, authority_passphrase_env: str | None, lab: Path | None) -> None:
    """Make a key for the person NAME, certified by the laboratory's own authority.

    For laboratories without bought certificates, and to try things out: the authority is made with the first key, and
    whoever verifies must get its certificate (keys/authorities/laboratory.pem) from the laboratory. Private keys go to
    your own folder of keys (CALIB_KEYS), never into the laboratory's.
    """
    from calib.certificates import new_signer
    from calib.run import Laboratory

    laboratory = Laboratory.find(lab, Path.cwd())
    own = _secret(passphrase_env, f"New passphrase for the key of {name}", confirm=True)
    of_authority = _secret(authority_passphrase_env, "Passphrase of the laboratory's authority")
    made = new_signer(name, laboratory, own, of_authority)
    click.echo(f"{made.private}\n{made.public}\n{made.authority}")


@contextmanager
def _signer(
    key: Path | None, certificate: Path | None, token: tuple[Path | None, str, str], variable: str | None
) -> "Iterator[Credentials]":
    """Give the signer of the options; a passphrase is asked for where no variable holds it."""
    from calib.errors import InputError
    from calib.signing import from_pem, from_pkcs12, from_token
    from calib.signing.libraries import require_libraries

    require_libraries()
    module, token_label, key_label = token
    if (key is None) == (module is None):
        raise InputError("who signs? Name one: --key FILE, or --token MODULE with --token-label and --key-label")
    if module is not None:
        pin = _secret(variable, f"PIN of the token {token_label}")
        with from_token(module, token_label, key_label, pin, certificate) as signer:
            yield signer
        return
    assert key is not None
    if key.suffix.lower() in {".p12", ".pfx"}:
        yield from_pkcs12(key, _secret(variable, f"Passphrase of {key.name}"))
        return
    if certificate is None:
        raise InputError(f"{key}: a key in PEM needs its certificate: --certificate FILE")
    yield from_pem(key, certificate, _secret(variable, f"Passphrase of {key.name}"))


def _secret(variable: str | None, question: str, *, confirm: bool = False) -> str | None:
    """Return a passphrase from the environment variable of that name, else asked for; None where none is given."""
    from calib.errors import InputError

    if variable is not None:
        if variable not in os.environ:
            raise InputError(f"environment variable {variable}: is not set; it shall hold the passphrase")
        return os.environ[variable] or None
    if sys.stdin is None or not sys.stdin.isatty():
        return None
    asked = click.prompt(f"{question} (empty for none)", hide_input=True, default="", show_default=False, err=True)
    if confirm and asked:
        again = click.prompt("Again", hide_input=True, default="", show_default=False, err=True)
        if again != asked:
            raise InputError("the two passphrases are not the same")
    return str(asked) or None


def _day(issued: object) -> dt.date:
    return issued.date() if isinstance(issued, dt.datetime) else dt.datetime.now().astimezone().date()
