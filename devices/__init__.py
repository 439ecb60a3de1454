"""Hardware at a library point. Knows nothing of a library's rules, of screens or of MQTT."""
