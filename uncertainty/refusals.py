"""Functions of numpy that cannot carry uncertainty, each with what to do instead."""

from calib.errors import UncertaintyError

_ROUNDING = "it is flat between jumps; for print use f'{y}' or round_uncertainty, for the value y.value"
_COMPARING = "compare .value, or ask probability_between of the difference"
_WRITING = "quantities are immutable: np.where, np.concatenate or a list with np.stack make new ones"
_SPREADING = "for the covariance of the uncertainties use calib.uncertainty.covariance; for readings type_a(.value)"
_KEEPING = "quantities are kept by calib.uncertainty.to_json and to_hdf5"
_EIGEN = "solve its equation with calib.uncertainty.implicit, or use method='monte-carlo' with vectorize=False"
_FOURIER = "it is linear: M @ x, with the real or imaginary part of M = np.fft.fft(np.eye(n))"
_ADVICE: dict[str, str] = {
    **dict.fromkeys(("round", "around", "fix", "floor", "ceil", "rint", "trunc", "sign", "floor_divide"), _ROUNDING),
    **dict.fromkeys(("greater", "greater_equal", "less", "less_equal", "equal", "not_equal", "unique"), _COMPARING),
    **dict.fromkeys(("copyto", "put", "place", "putmask", "put_along_axis", "fill_diagonal"), _WRITING),
    **dict.fromkeys(("cov", "corrcoef", "histogram", "histogram2d", "histogramdd", "bincount"), _SPREADING),
    **dict.fromkeys(("save", "savez", "savez_compressed", "savetxt"), _KEEPING),
    **dict.fromkeys(("eig", "eigh", "eigvals", "eigvalsh", "svd", "svdvals", "qr", "cholesky", "roots"), _EIGEN),
    "piecewise": "use np.where or np.select, with conditions on .value",
    "choose": "use np.where or np.select, with conditions on .value",
    "nan_to_num": "use np.where(np.isnan(x), 0.0, x)",
}


def refused(name: str, why: str = "", module: str = "") -> UncertaintyError:
    """Return the error for a function, or a way of calling it, that cannot carry uncertainty."""
    if why:
        return UncertaintyError(f"np.{name} of a quantity cannot be called so: {why}")
    known = "take .value, or write it with known functions"
    advice = _FOURIER if module == "numpy.fft" else _ADVICE.get(name, known)
    return UncertaintyError(f"np.{name} does not carry uncertainty: {advice}")
