"""NumPy sorts equals in an order that depends on the processor, unless told not to.

Its AVX-512, AVX2 and plain kernels differ; texts, which are Python objects, come in an
order that nobody promises. A sort by several columns is stable by itself.
"""

import ast
import re
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "eitgeo"
SORTS = {"argsort", "argpartition", "sort_values"}
NAMED = re.compile("|".join(sorted(SORTS)))
DISTINCT = {
    "np.argsort(near)": "places of neighbours",
    "np.argsort(order)": "a permutation",
    "np.argsort(_mixed(keys[:, None] + steps[None, :]), axis=1)": "64 mixed bits",
    "np.argpartition(-values, few - 1, axis=1)": "whose equals are sorted after",
}
"""What has no equals, and why."""


def test_a_sort_by_one_key_says_what_becomes_of_equals() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{call.lineno}: {ast.unparse(call)}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if NAMED.search(text := path.read_text(encoding="utf-8"))
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call) and is_loose(call)
    ]
    assert found == []


def is_loose(call: ast.Call) -> bool:
    """Say whether a call sorts by one key, equals anyhow."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name not in SORTS or ast.unparse(call) in DISTINCT:
        return False
    told = {one.arg: ast.unparse(one.value) for one in call.keywords}
    if told.get("kind") == "'stable'":
        return False
    if name != "sort_values":
        return True
    by = ast.unparse(call.args[0]) if call.args else told.get("by", "")
    return not by or by[0] in "'\""


def test_the_rule_sees_what_is_loose() -> None:
    loose = ["np.argsort(x)", "t.sort_values('size')", "s.sort_values()"]
    fast = ["np.argsort(x, kind='stable')", "t.sort_values(['a', 'b'])"]
    calls = [ast.parse(text, mode="eval").body for text in (*loose, *fast)]
    told = [isinstance(call, ast.Call) and is_loose(call) for call in calls]
    assert told == [True] * 3 + [False] * 2
