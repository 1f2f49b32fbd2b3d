"""Fixed words of the printed page, for the template."""

from calib.text import Text, both


def labels() -> dict[str, Text]:
    """Return headings, column names and marks by the name that the template knows."""
    return {
        "number": both("No."),
        "page": both("Page"),
        "standards": both("Standards used"),
        "standard": both("Standard"),
        "certificate": both("Certificate"),
        "issuer": both("Issued by"),
        "calibrated": both("Calibrated"),
        "due": both("Due"),
        "results": both("Results of the calibration"),
        "measuring_range": both("Range"),
        "frequency": both("Frequency"),
        "nominal": both("Nominal"),
        "reference": both("Reference"),
        "indicated": both("Indicated"),
        "error": both("Error"),
        "tolerance": both("Tolerance"),
        "acceptance": both("Acceptance"),
        "tur": both("TUR"),
        "drawing": both("Error ± U"),
        "verdict": both("Conformity"),
        "point": both("Point"),
        "comparison": both("As found and as left"),
        "sets_how": both(
            "These values belong together. Whoever uses several of them in one calculation f takes their correlation r "
            "into account: u²(f) = Σ_i Σ_j c_i c_j r(x_i, x_j) u(x_i) u(x_j), with c_i = ∂f/∂x_i (JCGM 100:2008, "
            "5.2.2). They have more digits than U: so rounding moves no such f by more than a twentieth of its u, and "
            "changes no u(f) by more than 1 % (7.2.6)."
        ),
        "sets_raised": both("Where U is the laboratory's CMC, u is raised with it."),
        "law": both("Equation"),
        "validity": both("Range of validity"),
        "symbol": both("Symbol"),
        "correlation": both("Correlation coefficients r"),
        "shares": both("Contributions to u², in %"),
        "plot": both("Errors against their limits"),
        "plot_how": both(
            "Each error with its U as a part of its limit, in the order of the results; the numbers below are those "
            "of the groups. What lies beyond the edge is drawn at the edge."
        ),
        "opinions": both("Opinions and interpretations"),
        "given_by": both("Given by"),
        "opinions_how": both("These are opinions and interpretations; they are not results of the calibration."),
        "statements": both("Statements"),
        "deviations": both("Deviations from the method and exceptions"),
        "no_deviations": both("None."),
        "chain": both("Chain of traceability"),
        "chain_broken": both("does not hold: see the deviations and exceptions"),
        "annex": both("Annex: uncertainty budget"),
        "why": both("Shown because it is"),
        "equation": both("Measurement equation"),
        "contribution": both("Contribution"),
        "value": both("Value"),
        "standard_uncertainty": both("Standard uncertainty"),
        "dof": both("Degrees of freedom"),
        "distribution": both("Distribution"),
        "sensitivity": both("Sensitivity"),
        "weighted": both("Contribution to u"),
        "share": both("Share of u²"),
        "record": both("Record, SHA-256"),
        "software": both("Software"),
        "end": both("End of the certificate"),
        "simulated": both("SIMULATED"),
        "specimen": both(
            "These numbers come from simulated instruments. This is a specimen and not a calibration certificate; "
            "nothing in it is traceable, and it may not be used as evidence."
        ),
        "dcc": both("Digital Calibration Certificate (DCC)"),
        "qr": both("QR code: identifier, date of issue and SHA-256 of the record"),
    }
