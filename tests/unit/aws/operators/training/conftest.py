"""A small evaluation of two models on the holdout, as `EvaluateOperator` finds it."""

from __future__ import annotations

import json

import pytest

from tests.support.one_loop import DETECTED, make_model, put_data


@pytest.fixture
def transforms(s3, sagemaker):
    """Two models' results over a holdout of three images: the champion finds nothing, the challenger everything."""
    held = put_data(s3)
    found = {"champion": [], "challenger": [DETECTED]}
    results = []
    for model, prediction in found.items():
        make_model(sagemaker, s3, model)
        output = f"s3://bucket/loops/voc/transforms/of-{model}/"
        for ref in held:
            name = ref.removeprefix("s3://bucket/holdout/")
            s3.put(f"{output}{name}.out", json.dumps({"prediction": prediction}))
        results.append({"output": output, "folder": "s3://bucket/holdout/", "model": model})
    return results
