import pytest

from services.detector.contract.hyperparameters import TABLE, parse_hyperparameters, read_hyperparameters, with_defaults
from services.detector.errors import CustomerError

REQUIRED = {"num_classes": "20", "num_training_samples": "60"}


def test_defaults_are_those_of_the_built_in_algorithm():
    values = parse_hyperparameters(REQUIRED)
    assert (values.base_network, values.use_pretrained_model, values.epochs) == ("vgg-16", 1, 30)
    assert (values.learning_rate, values.lr_scheduler_step, values.lr_scheduler_factor) == (0.001, (), 0.1)
    assert (values.mini_batch_size, values.optimizer, values.momentum, values.weight_decay) == (32, "sgd", 0.9, 0.0005)
    assert (values.image_shape, values.label_width, values.nms_threshold, values.overlap_threshold) == (
        300,
        350,
        0.45,
        0.5,
    )
    assert values.freeze_layer_pattern is None
    assert (values.early_stopping, values.early_stopping_min_epochs) == (False, 10)
    assert (values.early_stopping_patience, values.early_stopping_tolerance) == (5, 0.0)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("base_network", "resnet-50", "resnet-50"),
        ("base_network", '"resnet-50"', "resnet-50"),  # quoted, as clients that JSON-encode every value send it
        ("learning_rate", "1", 1.0),
        ("learning_rate", "1e-6", 1e-6),
        ("lr_scheduler_step", "3,6", (3, 6)),
        ("lr_scheduler_step", "10, 20", (10, 20)),
        ("momentum", "0", 0.0),
        ("image_shape", "512", 512),
        ("early_stopping", "True", True),
        ("early_stopping", "false", False),
        ("kv_store", "dist_sync", "dist_sync"),
        ("label_width", "7", 7),
    ],
)
def test_accepts(name, text, value):
    assert getattr(parse_hyperparameters({**REQUIRED, name: text}), name) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("num_classes", "0"),
        ("num_classes", "2.5"),
        ("num_training_samples", "-1"),
        ("base_network", "resnet-101"),
        ("use_pretrained_model", "2"),
        ("epochs", "0"),
        ("epochs", "many"),
        ("learning_rate", "0"),
        ("learning_rate", "1.1"),
        ("learning_rate", "nan"),
        ("lr_scheduler_step", "3;6"),
        ("lr_scheduler_step", "0,3"),
        ("lr_scheduler_factor", "1"),
        ("mini_batch_size", "0"),
        ("optimizer", "adamw"),
        ("momentum", "1.5"),
        ("weight_decay", "1"),
        ("image_shape", "299"),
        ("image_shape", "3,416,416"),
        ("label_width", "6"),
        ("nms_threshold", "0"),
        ("overlap_threshold", "inf"),
        ("freeze_layer_pattern", "("),
        ("early_stopping", "maybe"),
        ("early_stopping_min_epochs", "0"),
        ("early_stopping_patience", "0"),
        ("early_stopping_tolerance", "-0.1"),
        ("kv_store", "local"),
    ],
)
def test_refuses_and_names_value_and_range(name, text):
    with pytest.raises(CustomerError) as caught:
        parse_hyperparameters({**REQUIRED, name: text})
    assert (
        f"The value '{text}' is not valid for the hyperparameter '{name}', which expects {TABLE[name].expects}."
        in str(caught.value)
    )


def test_every_hyperparameter_refuses_nonsense():
    nonsense = dict.fromkeys(TABLE, "(nonsense")
    with pytest.raises(CustomerError) as caught:
        parse_hyperparameters(nonsense)
    assert all(f"'{name}'" in str(caught.value) for name in TABLE)


def test_names_every_unknown_and_every_missing_one():
    with pytest.raises(CustomerError) as caught:
        parse_hyperparameters({"num_classes": "2", "learning_rates": "0.1"})
    assert "'learning_rates' is not known" in str(caught.value)
    assert "'num_training_samples' is required: an integer of at least 1" in str(caught.value)


def test_batch_must_not_exceed_the_samples():
    with pytest.raises(CustomerError, match=r"'61' of the hyperparameter 'mini_batch_size' must not be above .* is 60"):
        parse_hyperparameters({**REQUIRED, "mini_batch_size": "61"})


def test_what_a_tuning_job_adds_is_ignored():
    parse_hyperparameters({**REQUIRED, "_tuning_objective_metric": "validation:mAP"})
    assert "_tuning_objective_metric" not in with_defaults({"_tuning_objective_metric": "validation:mAP"})


@pytest.mark.parametrize("content", [b"[", b"[]", b'{"epochs": 3}'])
def test_a_file_that_is_not_an_object_of_strings(tmp_path, content):
    path = tmp_path / "hyperparameters.json"
    path.write_bytes(content)
    with pytest.raises(CustomerError, match=r"hyperparameters\.json"):
        read_hyperparameters(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(CustomerError, match="num_classes and num_training_samples are required"):
        read_hyperparameters(tmp_path / "hyperparameters.json")
