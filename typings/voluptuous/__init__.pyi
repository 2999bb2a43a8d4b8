# Since Home Assistant 2026.9 `voluptuous` is probatio under its old name; here it has probatio's types.
from probatio import *
from probatio import __all__ as __all__
