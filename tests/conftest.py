"""What every test shares: how property tests run here."""

from hypothesis import settings

# No deadline: on a busy machine a slow example is no failure. A failing example prints what reproduces it.
settings.register_profile("yibao", deadline=None, print_blob=True)
settings.load_profile("yibao")
