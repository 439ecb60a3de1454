"""FEIG OBID i-scan HF book pads (CPR, MR and PR families), ISO 15693 host mode."""
