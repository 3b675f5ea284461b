"""The French pages are set as a printer does, and code in them is left alone."""

from typing import Any

import pytest

from tests.scripts.load import ROOT, load_script

SCRIPT: Any = load_script("set_typography")


def test_pages_are_as_the_script_sets_them() -> None:
    pages = SCRIPT.french_pages()
    assert {path.name for path in pages} >= {"README.md", "methode.md", "routes.md"}
    unset = [
        f"{path.relative_to(ROOT)}:{rank}"
        for path in pages
        for rank, (line, as_set) in enumerate(
            zip(
                path.read_text(encoding="utf-8").split("\n"),
                SCRIPT.set_page(path.read_text(encoding="utf-8")).split("\n"),
                strict=True,
            ),
            start=1,
        )
        if line != as_set
    ]
    assert unset == [], "→ python scripts/set_typography.py"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("l'étude : 45 min", "l’étude\xa0: 45\xa0min"),
        ("`l'a : b` d'abord", "`l'a : b` d’abord"),
        ("[qu'on lit](l'a:b)", "[qu’on lit](l'a:b)"),
        ("```sh\necho 'l'a : b'\n```\nl'a", "```sh\necho 'l'a : b'\n```\nl’a"),
    ],
)
def test_prose_is_set_and_code_is_kept(text: str, expected: str) -> None:
    assert SCRIPT.set_page(text) == expected
    assert SCRIPT.set_page(expected) == expected
