"""3M (Bibliotheca) 210 and 810 HF book pads, ISO 15693."""
