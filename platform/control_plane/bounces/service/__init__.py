"""What bounces lead to: counted by class, and the addresses suppressed that they are about.

`intake`, which takes the mails that come to return paths, and `alarm`, which writes to operators, are not among what is
exported here, since they need features that need these.
"""

from control_plane.bounces.service.counting import by_class, fold, forget, returned
from control_plane.bounces.service.noting import follow, note

__all__ = ["by_class", "fold", "follow", "forget", "note", "returned"]
