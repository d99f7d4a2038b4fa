"""What a rolled-back model learned and the restored one had not."""

from nightloop.domain.lineage.quarantine import Quarantine, leave_out


def line(image, created="2026-11-01T00:00:00", **boxes):
    metadata = {"job-name": f"a2i/{image}", "creation-date": created}
    return {"source-ref": f"s3://b/{image}", "box": boxes, "box-metadata": metadata}


SEED, FIRST, BAD = line("seed"), line("first"), line("bad")


def quarantine():
    return Quarantine.of("m2", [SEED, FIRST, BAD], "m1", [FIRST, SEED], attribute="box", reason="misses people")


def test_only_what_the_restored_model_had_not_learned_is_kept_out():
    assert [key.source_ref for key in quarantine().lines] == ["s3://b/bad"]
    assert Quarantine.from_json(quarantine().to_json()) == quarantine()


def test_lines_in_quarantine_are_left_out_of_every_night():
    nights = {"2026-11-01": [FIRST, BAD], "2026-11-02": [line("new")]}
    kept, count = leave_out(nights, quarantine().lines, "box")
    assert kept == {"2026-11-01": [FIRST], "2026-11-02": [line("new")]}
    assert count == 1
    assert leave_out(nights, (), "box") == ({night: list(lines) for night, lines in nights.items()}, 0)


def test_a_newer_answer_about_the_same_image_may_be_learned():
    again = line("bad", created="2026-11-05T00:00:00")
    kept, count = leave_out({"2026-11-05": [again]}, quarantine().lines, "box")
    assert (kept, count) == ({"2026-11-05": [again]}, 0)


def test_a_line_is_known_by_its_answer_not_by_its_bytes():
    rewritten = line("bad", annotations=[])
    assert leave_out({"n": [rewritten]}, quarantine().lines, "box") == ({"n": []}, 1)
