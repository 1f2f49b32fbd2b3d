"""Heat: baths and blocks, the thermometers in them, the readouts at their leads."""
