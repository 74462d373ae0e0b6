"""Advisory locks of which there is one each, here together so that no two have the same numbers.

Two integers, apart from the log's own locks, whose keys are one bigint (docs/decisions/0002).
"""

_HOTE = 0x686F7465  # "hote"

MIGRATION = (_HOTE, 1)
ROTATION = (_HOTE, 2)
CHECKPOINT = (_HOTE, 3)
SCRUB = (_HOTE, 4)
LAKE = (_HOTE, 5)
