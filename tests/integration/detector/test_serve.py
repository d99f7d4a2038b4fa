"""The serving container as a real process, asked over HTTP."""

import io
import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from tests.integration.detector.conftest import Server, scene

JPEG, LABEL = scene(0, seed=2)


def converted(form="PNG", mode="RGB", **options):
    body = io.BytesIO()
    Image.open(io.BytesIO(JPEG)).convert(mode).save(body, form, **options)
    return body.getvalue()


def predict(server, body=JPEG, **headers):
    status, answer = server.request("/invocations", body, **({"Content_Type": "image/jpeg"} | headers))
    assert status == 200, answer
    return json.loads(answer)


def test_rows_are_classes_scores_and_ratios_best_first(server):
    rows = predict(server)["prediction"]
    assert 0 < len(rows) <= 200
    assert [row[1] for row in rows] == sorted((row[1] for row in rows), reverse=True)
    for class_id, score, left, top, right, bottom in rows:
        assert class_id in (0.0, 1.0)
        assert 0.01 <= score <= 1
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1


def test_the_best_row_is_an_object_of_the_drawing(server):
    class_id, _, left, top, right, bottom = predict(server)["prediction"][0]
    near = [
        one
        for one in LABEL["annotations"]
        if abs(left * 240 - one["left"]) < 20
        and abs(top * 200 - one["top"]) < 20
        and abs((right - left) * 240 - one["width"]) < 30
        and abs((bottom - top) * 200 - one["height"]) < 30
    ]
    assert [one["class_id"] for one in near] == [class_id]


def test_the_pixel_form(server):
    rows, pixels = predict(server)["prediction"], predict(server, Accept="application/json;annotation=1")
    assert pixels["image_size"] == [{"width": 240, "height": 200, "depth": 3}]
    for row, one in zip(rows, pixels["annotations"], strict=True):
        assert (one["class_id"], one["score"]) == (row[0], row[1])
        assert abs(one["left"] - row[2] * 240) <= 1
        assert abs(one["left"] + one["width"] - row[4] * 240) <= 1


@pytest.mark.parametrize("content_type", ["image/jpeg", "image/png", "application/x-image", "image/jpeg; charset=x"])
def test_content_types_are_accepted_and_the_body_is_sniffed(server, content_type):
    assert predict(server, converted(), Content_Type=content_type)["prediction"]


@pytest.mark.parametrize(
    ("form", "mode"), [("PNG", "L"), ("PNG", "P"), ("PNG", "RGBA"), ("PNG", "I;16"), ("JPEG", "CMYK"), ("JPEG", "L")]
)
def test_modes(server, form, mode):
    image = Image.open(io.BytesIO(JPEG)).convert("L") if mode == "I;16" else Image.open(io.BytesIO(JPEG))
    body = io.BytesIO()
    image.convert(mode).save(body, form)
    assert "prediction" in predict(server, body.getvalue())


def test_exif_orientation_turns_the_answer(server):
    exif = Image.Exif()
    exif[0x0112] = 6
    body = io.BytesIO()
    sideways = Image.open(io.BytesIO(JPEG)).transpose(Image.Transpose.ROTATE_90)
    sideways.save(body, "JPEG", exif=exif, quality=95)
    assert sideways.size == (200, 240)
    answer = predict(server, body.getvalue(), Accept="application/json;annotation=1")
    assert answer["image_size"] == [{"width": 240, "height": 200, "depth": 3}]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "empty"),
        (b"hello", "not a JPEG or PNG"),
        (JPEG[: len(JPEG) // 2], "damaged or truncated"),
        (converted()[:-40], "damaged or truncated"),
        (converted("GIF", "P"), "not a JPEG or PNG"),
        (Image.new("1", (20_000, 10_000)).tobytes()[:10], "not a JPEG or PNG"),
    ],
    ids=["empty", "text", "jpeg-cut", "png-cut", "gif", "zeros"],
)
def test_a_bad_image_is_a_sentence_and_the_server_lives_on(server, body, sentence):
    status, answer = server.request("/invocations", body, Content_Type="application/x-image")
    assert status == 400
    assert sentence in answer.decode()
    assert "\n" not in answer.decode()
    assert server.request("/ping") == (200, b"")


def test_a_decompression_bomb(server):
    body = io.BytesIO()
    Image.new("1", (20_000, 10_000)).save(body, "PNG")
    assert len(body.getvalue()) < 100_000
    status, answer = server.request("/invocations", body.getvalue(), Content_Type="image/png")
    assert (status, answer.decode()[:30]) == (400, "The image has too many pixels;")


def test_what_cannot_be_sent_or_asked_for(server):
    status, answer = server.request("/invocations", JPEG, Content_Type="text/csv")
    assert status == 415
    assert answer.decode() == (
        "The content type 'text/csv' is not supported; send image/jpeg, image/png, application/x-image."
    )
    assert server.request("/invocations", JPEG, Content_Type="image/jpeg", Accept="text/csv")[0] == 406
    assert server.request("/invocations")[0] == 405
    assert server.request("/models")[0] == 404


def test_execution_parameters(server):
    status, answer = server.request("/execution-parameters")
    assert (status, json.loads(answer)["BatchStrategy"]) == (200, "SINGLE_RECORD")


def test_requests_side_by_side_give_what_they_give_alone(server):
    bodies = [scene(number)[0] for number in range(4)] * 4
    alone = [predict(server, body) for body in bodies[:4]] * 4
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda body: predict(server, body), bodies)) == alone


def test_sigterm_ends_it_cleanly(first_model):
    running = Server(first_model[0])
    try:
        assert running.stop() < 5
    finally:
        running.process.kill()


def test_a_folder_without_a_model(container):
    process = container.start("serve", SAGEMAKER_BIND_TO_PORT="1")
    log, _ = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "hyperparams.json is missing" in log


def test_it_needs_nothing_of_the_rest_of_the_project(first_model, containers, tmp_path):
    """A copy of the package alone, as in an image of its own, serves just the same."""
    package = tmp_path / "image" / "services" / "detector"
    shutil.copytree(Path(__file__).parents[3] / "services" / "detector", package)
    served = containers("served")
    shutil.rmtree(served.base / "model")
    shutil.copytree(first_model[0].base / "model", served.base / "model")
    served.root = tmp_path / "image"
    started = time.monotonic()
    alone = Server(served)
    try:
        assert predict(alone)["prediction"]
        assert time.monotonic() - started < 20
    finally:
        alone.process.kill()
        alone.process.communicate()
    assert [path.name for path in package.parent.iterdir()] == ["detector"]
