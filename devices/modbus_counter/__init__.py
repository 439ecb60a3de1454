"""Door counters on RS-485 that speak Modbus RTU."""
