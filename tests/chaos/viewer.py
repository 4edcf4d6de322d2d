"""Somebody who measures how old the beacon's pictures and sound are when they come, and whether all sound comes:

    python -m tests.chaos.viewer HOST PORT SECONDS [JSON of options for asciichat.connect]

Prints a line of figures at its end.
"""

from __future__ import annotations

import json
import re
import sys
import time

import numpy as np
from tests.chaos.beacon import BITS, RATE

import asciichat

_SGR = re.compile(r"\x1b\[([0-9;]*)m")


def number_in(picture: asciichat.Picture) -> int | None:
    """Of its thirtieth of a second; None when it shows none, as before the first picture."""
    row = picture.text.split("\n")[0]
    bright: list[bool] = []
    at, light = 0, 255
    while at < len(row):
        if sequence := _SGR.match(row, at):
            codes = [int(code or 0) for code in sequence[1].split(";")]
            if codes[:2] in ([38, 2], [48, 2]):
                light = sum(codes[2:5]) // 3
            at = sequence.end()
        else:
            bright.append(light > 128 if light != 255 else row[at] not in " .'`,:")
            at += 1
    if len(bright) < BITS:
        return None
    number = 0
    for bit in range(BITS):
        number |= bright[int((bit + 0.5) * len(bright) / BITS)] << bit
    return number


def main() -> None:
    """Look and listen."""
    host, port, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    options = json.loads(sys.argv[4]) if len(sys.argv) > 4 else {}
    ages: list[float] = []
    heard: list[float] = []
    sizes: list[int] = []
    levels: list[str] = []
    quiet_since = 0.0
    with asciichat.connect(host, port, self_view=False, **options) as call:
        warm = time.monotonic() + 3.0
        until = warm + seconds
        before = None
        while (now := time.monotonic()) < until:
            if before is None and now >= warm:
                before, begun = call.counts(), now
                call._peer.reset_gaps()
            event = call.next_event(0.1)
            now = time.monotonic()
            if isinstance(event, asciichat.Picture):
                number = number_in(event)
                if before is not None and number is not None:
                    ages.append((int(now * RATE) - number) % (1 << BITS) / RATE)
                    sizes.append(len(event.text))
                    levels.append(max(_SGR.findall(event.text), key=len, default="none")[:5])
            elif isinstance(event, asciichat.Sound):
                loud = float(np.abs(event.samples).max()) > 0.1
                if loud and now - quiet_since > 0.3 and before is not None:
                    heard.append(now % 1.0)
                if loud:
                    quiet_since = now
        after, took = call.counts(), now - begun
    assert before is not None
    print(
        json.dumps(
            {
                "pictures_a_second": (after["pictures_in"] - before["pictures_in"]) / took,
                "picture_age": {q: float(np.quantile(ages, p)) for q, p in (("p50", 0.5), ("p95", 0.95), ("max", 1.0))}
                if ages else None,
                "sounds_a_second": (after["sounds_in"] - before["sounds_in"]) / took,
                "sounds_made_up": after["sounds_made_up"] - before["sounds_made_up"],
                "sound_gap": after["sound_gap_ns"] / 1e9,
                "sound_age": {"p50": float(np.median(heard)), "max": max(heard)} if heard else None,
                "tones": len(heard),
                "kilobytes_a_second": (after["bytes_in"] - before["bytes_in"]) / took / 1000,
                "text": int(np.median(sizes)) if sizes else 0,
                "colours": levels[-1] if levels else None,
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
