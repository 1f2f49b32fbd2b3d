"""Registers of msl-equipment: its format by example, what is taken over, what is refused."""

import datetime as dt
from pathlib import Path

import pytest

from calib.equipment import Register, reference_temperature, standing
from calib.errors import CalibrationStatusError, FileError, InputError
from calib.text import same

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<register team="T" xmlns="https://measurement.govt.nz/equipment-register">'
)
EQUIPMENT = """
<equipment keywords="Thermometer Hygrometer">
  <id>RH-7</id><manufacturer>Vaisala</manufacturer><model>HMT</model><serial>V1</serial>
  <description>Nhiệt ẩm kế</description><specifications/><location>Hall</location><status>Active</status>
  <loggable>true</loggable><traceable>true</traceable>
  <calibrations>
    <measurand quantity="Humidity" calibrationInterval="2.5">
      <component name="Probe 1">
        <report id="H/583">
          <reportIssueDate>2023-08-18</reportIssueDate>
          <measurementStartDate>2023-08-08</measurementStartDate>
          <measurementStopDate>2023-08-14</measurementStopDate>
          <issuingLaboratory>MSL</issuingLaboratory><technicalProcedure>P</technicalProcedure>
          <conditions/><acceptanceCriteria><a>within <b>2 %</b></a></acceptanceCriteria>
          <equation comment="second order">
            <value variables="R t">R - 0.07 + 3e-4*pow(R,2) + 2e-3*t</value>
            <uncertainty variables="">0.355</uncertainty><unit>%rh</unit>
            <ranges>
              <range variable="R"><minimum>30.0</minimum><maximum>80.0</maximum></range>
              <range variable="t"><minimum>15.0</minimum><maximum>25.0</maximum></range>
            </ranges>
          </equation>
          <table comment="lamp"><type>int,double</type><unit>nm,W/m^2</unit><header>Wavelength,Irradiance</header>
            <data>250,0.01818
                  300,0.18478</data></table>
          <serialised><gtcArchiveJSON>{}</gtcArchiveJSON></serialised>
        </report>
      </component>
    </measurand>
  </calibrations>
  <maintenance><planned><task dueDate="2025-05-15">Clean filter</task></planned>
    <completed><task dueDate="2023-01-01" completedDate="2023-01-02" performedBy="GD">Cleaned</task></completed>
  </maintenance>
  <alterations><alteration date="2024-03-31" performedBy="CY">New probe head</alteration></alterations>
  <firmware><version date="2023-06-15">1.02</version><version date="2024-03-24">1.1b</version></firmware>
  <specifiedRequirements/><referenceMaterials/><qualityManual/>
</equipment>"""


def _register(folder: Path, body: str = EQUIPMENT, head: str = HEAD) -> Register:
    folder.mkdir(exist_ok=True)
    (folder / "register.xml").write_text(f"{head}{body}</register>", encoding="utf-8")
    return Register.load(folder)


def test_what_the_format_states_is_taken_over(tmp_path: Path) -> None:
    found = _register(tmp_path)["RH-7"]
    assert (found.manufacturer, found.model, found.serial_number, found.location) == ("Vaisala", "HMT", "V1", "Hall")
    assert found.description.vi == "Nhiệt ẩm kế"
    assert found.firmware == "1.1b"
    assert found.keywords == ("Thermometer", "Hygrometer")
    assert found.maintenance_plan == "2025-05-15 Clean filter"
    assert [(m.kind, m.what, m.by) for m in found.maintenance] == [
        ("maintenance", "Cleaned", "GD"), ("modification", "New probe head", "CY"),
    ]  # fmt: skip
    (report,) = found.calibrations
    assert (report.certificate, report.laboratory, report.acceptance) == ("H/583", "MSL", "within 2 %")
    assert (report.date, report.issued) == (dt.date(2023, 8, 14), dt.date(2023, 8, 18))
    assert report.due == dt.date(2026, 2, 14)  # two and a half years
    assert report.covers == ("Humidity/Probe 1",)
    assert report.tables[0].rows == ((250.0, 0.01818), (300.0, 0.18478))


def test_its_equation_is_evaluated_with_a_standard_uncertainty(tmp_path: Path) -> None:
    (equation,) = _register(tmp_path)["RH-7"].calibrations[0].equations
    value = equation.at("RH-7", R=50.0, t=20.0)
    assert value.value == pytest.approx(50 - 0.07 + 3e-4 * 2500 + 0.04)
    assert value.u == pytest.approx(0.355)


def test_an_alteration_after_the_report_bars_use(tmp_path: Path) -> None:
    found = _register(tmp_path)["RH-7"]
    assert standing(found, dt.date(2024, 3, 30)) == "in service"
    assert standing(found, dt.date(2024, 3, 31)) == "barred"


def test_what_is_not_taken_over_is_named(tmp_path: Path) -> None:
    (line,) = _register(tmp_path).left_out
    assert "equipment RH-7: report H/583: serialised is not taken over" in line


CVD = """<cvdCoefficients comment="Pt100">
  <R0>100.0189</R0><A>3.913e-3</A><B>-6.056e-7</B><C>1.372e-12</C><D>0</D>
  <uncertainty variables="">0.0056/2</uncertainty>
  <range><minimum>-10</minimum><maximum>70</maximum></range>
  <degreeFreedom>99.9</degreeFreedom>
</cvdCoefficients>"""
"""The example of the schema's own page, with degrees of freedom."""
SERIALISED = "<serialised><gtcArchiveJSON>{}</gtcArchiveJSON></serialised>"


def test_coefficients_of_a_platinum_thermometer_are_its_law(tmp_path: Path) -> None:
    """R(50 °C) by hand: 100.0189·(1 + 3.913e-3·50 − 6.056e-7·2500) = 119.436 167 3…; U = 2·0.0028 K."""
    register = _register(tmp_path, EQUIPMENT.replace(SERIALISED, CVD))
    assert register.left_out == ()
    (report,) = register["RH-7"].calibrations
    law = report.thermometer
    assert law is not None
    assert law.signal(50.0) == pytest.approx(100.0189 * (1 + 0.19565 - 1.514e-3), rel=1e-12)
    assert (law.within_C, law.U_K(50.0, "RH-7"), law.k, law.dof) == ((-10.0, 70.0), 0.0028, 1.0, 99.9)
    assert register["RH-7"].calibration(dt.date(2024, 1, 1), "thermometer") == report
    with pytest.raises(CalibrationStatusError, match="states no 'drift_K_per_year'"):
        reference_temperature(register["RH-7"], dt.date(2024, 1, 1), 119.4, "reference", same("PRT"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("<D>0</D>", "<D>1e-12</D>", "cvdCoefficients, whose D is not 0, are not taken over"),
        ('variables="">0.0056/2', 'variables="t">0.002+1e-5*t', "cvdCoefficients, whose uncertainty depends on t, are"),
        ("</cvdCoefficients>", "</cvdCoefficients>" + CVD, "cvdCoefficients are not taken over"),
    ],
)
def test_coefficients_that_the_register_cannot_hold_are_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    register = _register(tmp_path, EQUIPMENT.replace(SERIALISED, CVD.replace(old, new)))
    (line,) = register.left_out
    assert told in line
    assert register["RH-7"].calibrations[0].thermometer is None


def test_coefficients_without_a_number_are_one_message(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"thermometer\.uncertainty\.#1\.U_K: .*got '0.0056/'"):
        _register(tmp_path, EQUIPMENT.replace(SERIALISED, CVD.replace("0.0056/2", "0.0056/")))


def test_one_id_in_two_files_names_both(tmp_path: Path, laboratory: Path) -> None:
    folder = laboratory / "equipment"
    with pytest.raises(FileError) as caught:
        _register(folder, EQUIPMENT.replace("RH-7", "CAL-01"))
    assert str(caught.value) == f"{folder / 'register.xml'}: id: 'CAL-01' is already that of {folder / 'CAL-01.toml'}"


@pytest.mark.parametrize(
    ("head", "body", "told"),
    [
        (HEAD, "<equipment>", "not well-formed XML"),
        ("<register>", "", "is no register of msl-equipment"),
        ('<!DOCTYPE r [<!ENTITY a "ha">]><register>', "&a;", "declares a document type"),
        (HEAD, EQUIPMENT.replace("2023-08-14", "soon"), "report H/583: has no date and calibrationInterval"),
        (HEAD, EQUIPMENT.replace(">R - 0.07", ">R - Q*0.07"), "'within' must have a range for Q"),
        (HEAD, EQUIPMENT.replace("<id>RH-7</id>", "<id/>"), "'id' is missing or empty"),
        (HEAD, EQUIPMENT.replace("300,0.18478", "300,x"), "table: could not convert"),
    ],
)
def test_a_register_that_is_wrong_is_one_message(head: str, body: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=told):
        _register(tmp_path, body, head)


def test_a_certificate_is_not_added_to_another_programs_file(tmp_path: Path) -> None:
    from calib.equipment.incoming import add_calibration

    with pytest.raises(InputError, match=r"register\.xml: is a register of another program"):
        add_calibration(_register(tmp_path), "RH-7", {"certificate": "X"})
