from parentis.web.duty.calling import call
from parentis.web.jobs.ticking import Tick

TICKS = (Tick(id="duty calls", every=1.0, do=call),)
