"""The costs of families, as the end of a run tells them."""

from types import SimpleNamespace

from tests.costs import slowest


def report(name: str, cpu_s: float, when: str = "call") -> SimpleNamespace:
    """Return a report of one phase."""
    return SimpleNamespace(nodeid=f"{name}::test_x", cpu_s=cpu_s, when=when)


def test_the_dearest_families_come_first_and_set_up_counts() -> None:
    many = [report(f"tests/test_{rank:02d}.py", float(rank)) for rank in range(12)]
    told = slowest([*many, report("tests/test_00.py", 100.0, "setup"), object()])
    assert len(told) == 11
    assert told[0].split()[0] == "100.0"
    assert told[0].endswith("1 tests  tests/test_00.py")
    assert told[1].endswith("tests/test_11.py")
    assert told[-1].split()[0] == "166.0"
    assert told[-1].endswith("12 tests  in 12 files")


def test_one_file_alone_is_not_told() -> None:
    assert slowest([report("tests/test_a.py", 1.0)]) == []


def test_this_run_measures(request) -> None:
    plugins = request.config.pluginmanager
    hooks = plugins.hook.pytest_runtest_makereport.get_hookimpls()
    assert any(one.function.__module__ == "tests.costs" for one in hooks)
