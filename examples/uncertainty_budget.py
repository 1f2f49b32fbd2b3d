"""An uncertainty budget after the GUM, Annex H.1: the length of an end gauge of 50 mm, in nanometres."""

from calib.uncertainty import budget, quantity

ls = quantity(50_000_623, U=75, k=3, dof=18, name="standard")
d = quantity(215, u=9.7, dof=25.6, name="comparator")
alpha = quantity(11.5e-6, half_width=2e-6, name="expansion")
d_alpha = quantity(0, half_width=1e-6, dof=50, name="difference of expansion")
theta = quantity(-0.1, u=0.41, name="temperature")
d_theta = quantity(0, half_width=0.05, dof=2, name="difference of temperature")

length = ls + d - ls * (d_alpha * theta + alpha * d_theta)
print(budget(length))
print(f"l = {length.value:.0f} nm, U = {length.expanded(0.99).U:.0f} nm, k = {length.expanded(0.99).k:.2f} (99 %)")
