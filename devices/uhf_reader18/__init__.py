"""UHFReader18 UHF readers, ISO/IEC 18000-63 (EPC Gen2)."""
