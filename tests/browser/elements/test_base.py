"""The modules all elements stand on: relaxed JSON and active time."""

import pytest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('["a", "b"]', ["a", "b"]),
        ("['Cat','Dog']", ["Cat", "Dog"]),
        ("  [ 'it\\'s', \"so\", ]  ", ["it's", "so"]),
        ("[]", []),
        ("[,]", None),
        ("{text: 'None of these'}", {"text": "None of these"}),
        ("{'a-b': 1, \"c\": {d: [true, false, null]},}", {"a-b": 1, "c": {"d": [True, False, None]}}),
        ("[ // first\n 1, /* second */ 2 ]", [1, 2]),
        ("[+1, -.5, 1e3, 0x1F, 5.]", [1, -0.5, 1000, 31, 5]),
        ("'a\\u00e9\\x41\\n\\\nb'", "aéA\nb"),
        ("{größe: 1, $x_1: 2, 3: 4}", {"größe": 1, "$x_1": 2, "3": 4}),
        ("['a' 'b']", None),
        ("['a'", None),
        ("['a]", None),
        ("{a 1}", None),
        ("[1] 2", None),
        ("cat", None),
        ("", None),
        ("{constructor}", None),
    ],
)
def test_relaxed_json(modules, text, expected):
    result = modules(
        """
          const { parseRelaxed, RelaxedJsonError } = await load('base/relaxed-json.js');
          try { return { value: parseRelaxed(argument) }; }
          catch (error) { return { refused: error instanceof RelaxedJsonError }; }
        """,
        text,
    )

    assert result == ({"refused": True} if expected is None else {"value": expected})


def test_relaxed_json_error_says_where_and_what(modules):
    message = modules("""
      const { parseRelaxed } = await load('base/relaxed-json.js');
      try { parseRelaxed("['cat' 'dog']"); } catch (error) { return error.message; }
    """)

    assert message == """expected "," or "]" at character 8, but found "'dog']\""""


def test_a_key_named_proto_is_only_a_key(modules):
    assert modules("""
      const { parseRelaxed } = await load('base/relaxed-json.js');
      const value = parseRelaxed("{__proto__: {bad: 1}}");
      return [Object.keys(value), value.bad === undefined, Object.getPrototypeOf(value) === Object.prototype];
    """) == [["__proto__"], True, True]


def test_active_time_leaves_out_pauses_and_hidden_pages(modules):
    assert modules("""
      const { ActiveTime } = await load('base/active-time.js');
      let now = 100;
      const time = new ActiveTime(() => now);
      const seen = [];
      const at = (seconds, what) => { now = 100 + seconds; what?.(); seen.push(time.seconds); };
      at(10, () => time.touch());
      at(30);
      at(500);                             // away since second 70
      at(510, () => time.touch());         // back
      at(520, () => time.show(false));
      at(540, () => time.show(true));
      at(545);
      return seen;
    """) == [10, 30, 70, 70, 80, 80, 85]
