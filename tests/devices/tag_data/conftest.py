"""No deadline for hypothesis: how long an example takes says nothing on a busy machine."""

from hypothesis import settings

settings.register_profile("tag_data", deadline=None)
settings.load_profile("tag_data")
