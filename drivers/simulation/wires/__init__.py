"""The wires on which simulated instruments answer. They know nothing of instruments but `Device`."""
