"""RL866 / RL8000 HF book pads, ISO 15693."""
