# The catalogue's generator runs at build time; telemetry owns this file.
