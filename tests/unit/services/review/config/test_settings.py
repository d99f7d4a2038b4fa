"""Settings: one variable a field or a key of a file, clear errors, no secrets in sight."""

import pytest

from services.review.__main__ import main
from services.review.config.settings import Settings
from services.review.errors import SettingsError


@pytest.mark.parametrize("variable", Settings.variables())
def test_every_setting_says_what_it_is_for(variable, capsys):
    assert main(["settings"]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith(f"{variable}: "))
    assert len(line.split(": ", 1)[1]) > 5


def test_read_from_the_environment():
    read = Settings.from_environment({"NIGHTLOOP_REVIEW_PORT": "99", "NIGHTLOOP_REVIEW_HOST": "", "OTHER": "x"})
    assert (read.port, read.host) == (99, "127.0.0.1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "ninety"),
        ("SESSION_HOURS", "1.5"),
        ("PUBLIC_URL", "localhost:8092"),
        ("EVENT_SOURCE", "with blanks"),
        ("CONFIG", "/nowhere/review.toml"),
        ("SECRET_KEY_FILE", "/nowhere/secret"),
        ("RENDER_PROCESSES", "0"),
        ("TEMPLATE_ORIGINS", "cdn.example"),
        ("TEMPLATE_UNSAFE_EVAL", "true;"),
        ("TEMPLATE_BLOB_WORKERS", "a b!"),
    ],
)
def test_a_wrong_value_is_named(name, value):
    with pytest.raises(SettingsError, match=value if name == "CONFIG" else f"NIGHTLOOP_REVIEW_{name}"):
        Settings.from_environment({f"NIGHTLOOP_REVIEW_{name}": value})


def test_amazons_own_source_is_for_queues_only():
    source = {"NIGHTLOOP_REVIEW_EVENT_SOURCE": "aws.sagemaker"}
    queue = {"NIGHTLOOP_REVIEW_EVENT_QUEUE_URL": "http://localhost/123456789012/events"}
    assert Settings.from_environment(source | queue).event_source == "aws.sagemaker"
    with pytest.raises(SettingsError, match="NIGHTLOOP_REVIEW_EVENT_SOURCE"):
        Settings.from_environment(source | {"NIGHTLOOP_REVIEW_EVENT_BUS_NAME": "default"})


@pytest.mark.parametrize(
    ("name", "value"),
    [("PROCESSES", "2"), ("FAULTS_TOKEN", "a token of the tests"), ("HISTORY", "history.jsonl")],
)
def test_several_processes_need_postgresql_and_are_no_tests(name, value):
    several = {"NIGHTLOOP_REVIEW_PROCESSES": "2", "NIGHTLOOP_REVIEW_DATABASE": "postgresql+psycopg://host/review"}
    assert Settings.from_environment(several).processes == 2
    wrong = several | {f"NIGHTLOOP_REVIEW_{name}": value}
    if name == "PROCESSES":
        del wrong["NIGHTLOOP_REVIEW_DATABASE"]  # SQLite, unless set
    with pytest.raises(SettingsError, match=f"NIGHTLOOP_REVIEW_{name}"):
        Settings.from_environment(wrong)


@pytest.fixture
def written(tmp_path):
    def write(text, name="review.toml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


def test_read_from_a_file_and_the_environment_wins(written):
    file = written('port = 99\nhost = "0.0.0.0"\n[access_keys]\nid = "a secret"\n')
    read = Settings.from_environment({"NIGHTLOOP_REVIEW_HOST": "::1"}, file)
    assert (read.port, read.host, read.keys()) == (99, "::1", {"id": "a secret"})
    assert Settings.from_environment({"NIGHTLOOP_REVIEW_CONFIG": str(file)}).port == 99


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 1", "`prot`; the nearest known one is `port`"),
        ("databse_file = 'x'", "the nearest known one is `database_file`"),
        ("port_file = 'x'", "unknown key `port_file`"),
        ("port = 1.5", "`port`"),
        ("port = true", "whole number"),
        ("port = [1]", "`port`"),
        ("port =", "not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_mend(written, text, said):
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({}, written(text))
    assert said in refused.value.message


def test_a_secret_may_stand_in_a_file_of_its_own(written):
    secret = written("a key of many characters\n", "secret")
    read = Settings.from_environment({"NIGHTLOOP_REVIEW_SECRET_KEY_FILE": str(secret)})
    assert read.signing_key() == b"a key of many characters"
    file = written(f"secret_key_file = '{secret}'")
    assert Settings.from_environment({}, file).signing_key() == b"a key of many characters"
    over_the_file = Settings.from_environment({"NIGHTLOOP_REVIEW_SECRET_KEY": "another key of a kind"}, file)
    assert over_the_file.signing_key() == b"another key of a kind"


def test_a_secret_given_twice_or_an_empty_file_is_refused(written):
    secret = written("a key of many characters\n", "secret")
    twice = {"NIGHTLOOP_REVIEW_SECRET_KEY_FILE": str(secret), "NIGHTLOOP_REVIEW_SECRET_KEY": "x"}
    with pytest.raises(SettingsError, match="both"):
        Settings.from_environment(twice)
    with pytest.raises(SettingsError, match="empty"):
        Settings.from_environment({"NIGHTLOOP_REVIEW_SECRET_KEY_FILE": str(written("", "nothing"))})


@pytest.mark.parametrize("keys", ["", "{}", "[]", "no json", '{"id": 1}'])
def test_access_keys_are_required(keys):
    with pytest.raises(SettingsError, match="NIGHTLOOP_REVIEW_ACCESS_KEYS"):
        Settings(access_keys=keys).keys()
    assert Settings(access_keys='{"id": "secret"}').keys() == {"id": "secret"}


def test_the_secret_key_is_long():
    with pytest.raises(SettingsError, match="NIGHTLOOP_REVIEW_SECRET_KEY"):
        Settings(secret_key="short").signing_key()


def test_secrets_are_not_shown():
    shown = repr(
        Settings(
            database="postgresql://u:p4ss@h/d", access_keys='{"a": "s3cret"}', secret_key="k3y", metrics_token="t0"
        )
    )
    for secret in ("p4ss", "s3cret", "k3y", "t0"):
        assert secret not in shown


def test_all_that_is_wrong_is_named_at_once(written):
    file = written("prot = 1\nport = [1]\nsession_hours = 0\n")
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment(
            {
                "NIGHTLOOP_REVIEW_PUBLIC_URL": "localhost:8092",
                "NIGHTLOOP_REVIEW_SECRET_KEY_FILE": "/nowhere/secret",
                "NIGHTLOOP_REVIEW_PASSWORD_SIGN_IN": "perhaps",
                "NIGHTLOOP_REVIEW_OIDC_ISSUER": "https://id.example",
                "NIGHTLOOP_REVIEW_FAULTS_TOKEN": "short",
            },
            file,
        )
    starts = [line.split(" ")[0] for line in refused.value.message.splitlines()]
    assert starts == [
        "the",
        "the",
        "NIGHTLOOP_REVIEW_SECRET_KEY_FILE",
        "NIGHTLOOP_REVIEW_PUBLIC_URL='localhost:8092'",
        "NIGHTLOOP_REVIEW_SESSION_HOURS='0'",
        "NIGHTLOOP_REVIEW_PASSWORD_SIGN_IN='perhaps'",
        "NIGHTLOOP_REVIEW_OIDC_CLIENT_ID",
        "NIGHTLOOP_REVIEW_FAULTS_TOKEN",
    ]
