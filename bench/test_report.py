"""That what became slower is named, and that prose between tables stays: ``pytest bench/test_report.py``."""

from .report import insert, worse


def test_only_what_became_over_a_tenth_worse_is_named() -> None:
    before = [
        {"label": "9", "server_cpu_percent": 20.0, "fps_worst": 60.0, "kilobytes_per_s": 900.0},
        {"name": "test_scale[x]", "min": 1e-4},
    ]
    now = [
        {"label": "9", "server_cpu_percent": 23.0, "fps_worst": 52.0, "kilobytes_per_s": 950.0},
        {"name": "test_scale[x]", "min": 0.5e-4},
        {"name": "test_new", "min": 1.0},
    ]
    assert list(worse(now, before)) == [
        "9: server_cpu_percent 20 → 23 (+15%)",
        "9: fps_worst 60 → 52 (-13%)",
    ]
    assert not list(worse(before, before))


def test_a_table_takes_the_place_of_the_one_before_and_of_nothing_else() -> None:
    page = "One.\n<!-- a -->\nold\nold\n<!-- end of a -->\nTwo.\n<!-- b -->\n<!-- end of b -->\nThree.\n"
    assert insert(page, "a", ["new"]) == page.replace("old\nold\n", "new\n")
    assert insert(page, "b", ["new"]) == page.replace("<!-- end of b", "new\n<!-- end of b")
    assert insert(page, "c", ["new"]) == page
