"""``python -m asciichat.cli``."""

import sys

from asciichat.cli import main

sys.exit(main())
