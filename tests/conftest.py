from hypothesis import settings

# How long an example takes depends on the machine and on who else uses it: no test is timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
