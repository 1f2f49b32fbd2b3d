"""Settings of the 8588A, stored as they are set (command list of the package fluke8588a 0.1.2)."""

from collections.abc import Mapping
from dataclasses import dataclass

from calib.drivers.simulation.scpi_values import flag, is_on, scientific, within, word_of


@dataclass(frozen=True)
class Words:
    """One of several words; the first is the default."""

    words: tuple[str, ...]

    @property
    def default(self) -> str:
        """Return the short form of the first word."""
        return word_of(self.words[0], self.words)

    def read(self, text: str) -> str:
        """Return the short form of the word given."""
        return word_of(text, self.words)

    def show(self, value: object) -> str:
        """Return the word."""
        return str(value)


@dataclass(frozen=True)
class Number:
    """A number between two bounds."""

    lowest: float
    highest: float
    default: float

    def read(self, text: str) -> float:
        """Return the number; MIN, MAX and DEF stand for their own."""
        return within(text, self.lowest, self.highest, default=self.default)

    def show(self, value: object) -> str:
        """Return the number in scientific notation."""
        return scientific(value)


@dataclass(frozen=True)
class Whole(Number):
    """A whole number."""

    def show(self, value: object) -> str:
        """Return the number without a point."""
        return f"{value:.0f}"


@dataclass(frozen=True)
class Switch:
    """On or off."""

    default: bool = False

    def read(self, text: str) -> bool:
        """Return whether it is asked to be on."""
        return is_on(text)

    def show(self, value: object) -> str:
        """Return 1 or 0."""
        return flag(value)


@dataclass(frozen=True)
class Listed:
    """Several fields, kept as they are given."""

    default: str

    def read(self, text: str) -> str:
        """Return the fields."""
        return ",".join(part.strip().upper() for part in text.split(","))

    def show(self, value: object) -> str:
        """Return the fields."""
        return str(value)


Setting = Words | Number | Switch | Listed

_SOURCES = ("IMMediate", "BUS", "EXTernal", "HOLD", "INTernal", "LINE", "MANual", "SYNC", "TIMer")
_SECONDARY = ("OFF", "FREQuency", "PERiod", "PTP", "PPEak", "NPEak", "CFACtor")
_SIGNAL = ("AC1M", "AC10M", "DC1M", "DC10M", "DCAUTO")
_UNITS = ("CEL", "C", "FAR", "F", "K")


def _layer(root: str) -> dict[str, Setting]:
    """Return what the arm layers and the trigger layer have alike."""
    return {
        f"{root}:COUPling": Words(("AC", "DC")),
        f"{root}:DELay": Number(0, 4e6, 0),
        f"{root}:DELay:AUTO": Switch(default=True),
        f"{root}:ECOunt": Whole(0, 1e7, 1),
        f"{root}:EXTernal": Listed("NEG,TTL"),
        f"{root}:FILTer": Switch(),
        f"{root}:LEVel": Number(-200, 200, 0),
        f"{root}:SLOPe": Words(("POSitive", "NEGative")),
        f"{root}:TIMer": Number(0, 4e6, 1),
    }


def _temperature(root: str) -> dict[str, Setting]:
    """Return what all temperature functions have alike."""
    return {
        f"{root}:APERture": Number(0, 10, 1),
        f"{root}:APERture:MODE": Words(("AUTO", "FAST", "MANual")),
        f"{root}:NPLCycles": Number(0.01, 500, 50),
        f"{root}:RESolution": Number(1e-4, 0.1, 0.01),
        f"{root}:SECondary": Switch(),
        f"{root}:UNIT": Words(_UNITS),
    }


SETTINGS: Mapping[str, Setting] = {
    **_layer("ARM:LAYer1"),
    **_layer("ARM:LAYer2"),
    "ARM:LAYer1:SOURce": Words(_SOURCES),
    "ARM:LAYer2:SOURce": Words(_SOURCES),
    "ARM:LAYer1:COUNt": Whole(1, 1e7, 1),
    "ARM:LAYer2:COUNt": Whole(1, 1e7, 1),
    **{
        name: setting
        for name, setting in _layer("TRIGger").items()
        if name not in {"TRIGger:DELay", "TRIGger:DELay:AUTO"}
    },
    "TRIGger:HOLDoff": Number(0, 100, 0),
    "TRIGger:HOLDoff:AUTO": Switch(default=True),
    "INITiate:CONTinuous": Switch(),
    "INITiate:EPOCh:STARt": Listed("NONE"),
    "INITiate:EPOCh:STOP": Listed("NONE"),
    "FORMat:BORDer": Words(("NORMal", "SWAPped")),
    "MEMory:LOCation": Words(("BUFFer", "BINternal")),
    "ROUTe:INPut:GUARd": Switch(),
    "ROUTe:INPut:FDELay": Number(0, 65000, 0),
    "ROUTe:INPut:FDELay:AUTO": Switch(default=True),
    "ROUTe:INPut:RDELay": Number(0, 65000, 0),
    "ROUTe:INPut:RDELay:AUTO": Switch(default=True),
    "ROUTe:INPut:SCAN:CALCulate": Words(("DIFF", "DIV", "RAT")),
    "ROUTe:TOUT": Words(("OFF", "ACO", "APE", "BCO", "EVE", "RCO")),
    "ROUTe:TOUT:SLOPe": Words(("POSitive", "NEGative")),
    "[SENSe:]VOLTage:AC:BWIDth": Words(("WIDE", "EHF")),
    "[SENSe:]VOLTage:AC:COUPling:SIGNal": Words(_SIGNAL),
    "[SENSe:]VOLTage:AC:COUNter:BLIMit": Switch(),
    "[SENSe:]VOLTage:AC:COUNter:COUPling": Words(("AC", "DC")),
    "[SENSe:]VOLTage:AC:COUNter:GATE": Number(0, 1, 0.1),
    "[SENSe:]VOLTage:AC:COUNter:GATE:AUTO": Switch(default=True),
    "[SENSe:]VOLTage:AC:COUNT:GATE:AUTO": Switch(default=True),
    "[SENSe:]VOLTage:AC:SECondary": Words(_SECONDARY),
    "[SENSe:]VOLTage:AC:SECondary:METHod": Words(("MEASured", "SINe", "SQUare", "TRIangle", "TRUNcated")),
    "[SENSe:]CURRent:AC:COUPling": Words(("AC", "DC")),
    "[SENSe:]CURRent:AC:COUNter:BLIMit": Switch(),
    "[SENSe:]CURRent:AC:COUNter:COUPling": Words(("AC", "DC")),
    "[SENSe:]CURRent:AC:COUNter:GATE:AUTO": Switch(default=True),
    "[SENSe:]CURRent:AC:SECondary": Words(_SECONDARY),
    "[SENSe:]RESistance:FILTer": Switch(),
    "[SENSe:]RESistance:LOWI": Switch(),
    "[SENSe:]RESistance:MODE": Words(("NORMal", "HIVoltage")),
    "[SENSe:]FRESistance:FILTer": Switch(),
    "[SENSe:]FRESistance:LOWI": Switch(),
    "[SENSe:]CAPacitance:LOWI": Switch(),
    "[SENSe:]CAPacitance:RANGe": Number(1e-9, 0.1, 1e-9),
    "[SENSe:]CAPacitance:RANGe:AUTO": Switch(default=True),
    "[SENSe:]CAPacitance:RESolution": Number(0, 1, 1e-12),
    "[SENSe:]FREQuency:BWLIMit": Switch(),
    "[SENSe:]FREQuency:COUPling": Words(("AC", "DC")),
    "[SENSe:]FREQuency:ROUTe:SIGNal": Words(("ACV", "ACI", "BNC")),
    "[SENSe:]FREQuency:ROUTe:BNC:IMPedance": Words(("HIGH", "50R")),
    "[SENSe:]FREQuency:ROUTe:BNC:THReshold": Number(-10, 10, 0),
    "[SENSe:]PERiod:BWLIMit": Switch(),
    "[SENSe:]PERiod:COUPling": Words(("AC", "DC")),
    "[SENSe:]PERiod:ROUTe:SIGNal": Words(("ACV", "ACI", "BNC")),
    "[SENSe:]PERiod:ROUTe:BNC:IMPedance": Words(("HIGH", "50R")),
    **_temperature("[SENSe:]TEMPerature:TC"),
    **_temperature("[SENSe:]TEMPerature:RTD"),
    **_temperature("[SENSe:]TEMPerature:TRTD"),
    **_temperature("[SENSe:]TEMPerature:FRTD"),
    "[SENSe:]TEMPerature:RTD:RESistance:RO": Number(25, 100, 100),
    "[SENSe:]TEMPerature:TRTD:RESistance:RO": Number(25, 100, 100),
    "[SENSe:]TEMPerature:FRTD:RESistance:RO": Number(25, 100, 100),
    "[SENSe:]TEMPerature:TC:TYPE": Words(tuple("KJRENUCLTBS")),
    "[SENSe:]DIGitize:CURRent:COUPling": Words(("AC", "DC")),
    "[SENSe:]DIGitize:CURRent:RANGe": Number(1e-5, 30, 1),
    "[SENSe:]DIGitize:VOLTage:COUPling:SIGNal": Words(("DC10M", "AC1M", "AC10M", "DC1M", "DCAUTO")),
    "[SENSe:]DIGitize:FILTer": Words(("3MHZ", "OFF", "100KHZ")),
    "[SENSe:]DIGitize:APERture": Number(0, 0.003, 0),
    "[SENSe:]POWer:AVERage": Listed("AUTO"),
    "[SENSe:]POWer:FREQuency": Number(0, 5e10, 1e9),
    "[SENSe:]POWer:RELative": Words(("ABS", "REL")),
    "[SENSe:]POWer:RELative:REFerence": Listed("0"),
    "[SENSe:]POWer:UNIT": Words(("DBM", "WATTs", "VRMS", "VPPK", "DBUV")),
    "CALCulate:AVERage:COUNt": Whole(1, 1e7, 10),
    "CALCulate:AVERage:STATe": Switch(),
    "CALCulate:AVERage:TCONtrol": Words(("MOVing", "REPeat")),
    "CALCulate:LIMit:LOWer": Number(-9.9e37, 9.9e37, 0),
    "CALCulate:LIMit:LOWer:STATe": Switch(),
    "CALCulate:LIMit:UPPer": Number(-9.9e37, 9.9e37, 0),
    "CALCulate:LIMit:UPPer:STATe": Switch(),
    "CALCulate:LIMit:STATe": Switch(),
    "CALCulate:MATH:STATe": Switch(),
    "CALCulate:MATH:MUNIT": Words(("PERCent", "DB", "DB50", "DB75", "DB600")),
    "CALCulate:MATH:MUNIT:STATe": Switch(),
    "CALCulate:MATH:MFACtor": Number(-1e12, 1e12, 1),
    "CALCulate:MATH:MFACtor:STATe": Switch(),
    "CALCulate:MATH:CFACtor": Number(-1e12, 1e12, 0),
    "CALCulate:MATH:CFACtor:STATe": Switch(),
    "CALCulate:MATH:ZFACtor": Number(-1e12, 1e12, 1),
    "CALCulate:MATH:ZFACtor:STATe": Switch(),
    "CALCulate:SSTatistics:STATe": Switch(),
    "CALCulate:SSTatistics:SDEViation": Words(("ABS", "PPM")),
    "CALibration:STORe:USE": Words(("CERTified", "BASeline", "FACTory", "ADJusted")),
    "SYSTem:COMMunicate:GPIB:ADDRess": Whole(0, 30, 1),
    "SYSTem:COMMunicate:LAN:CONTrol": Whole(0, 65535, 3490),
    "SYSTem:COMMunicate:LAN:DHCP": Switch(default=True),
    "SYSTem:COMMunicate:LAN:GATeway": Listed("127.0.0.1"),
    "SYSTem:COMMunicate:LAN:IPADdress": Listed("127.0.0.1"),
    "SYSTem:COMMunicate:LAN:SMASk": Listed("255.0.0.0"),
    "SYSTem:DATE": Listed("2026,01,01"),
    "SYSTem:TIME": Listed("00,00,00"),
    "SYSTem:TIME:TIMer": Switch(),
    "SYSTem:LFRequency:AUTO": Switch(default=True),
    "STATus:OPERation:ENABle": Whole(0, 65535, 0),
}
