import math
import subprocess
import sys

import pytest

from seqviz.core.registry import Registry


def test_keys_give_what_their_addresses_name():
    registry = Registry({"root": "math:sqrt", "pi": "math:pi"})
    assert registry["root"] is math.sqrt
    assert dict(registry) == {"root": math.sqrt, "pi": math.pi}
    assert list(registry) == ["root", "pi"]
    assert len(registry) == 2


def test_an_unknown_key_is_answered_with_the_known_ones():
    with pytest.raises(KeyError, match="'sine' is not one of root, pi"):
        Registry({"root": "math:sqrt", "pi": "math:pi"})["sine"]


def test_looking_for_a_key_imports_nothing():
    registry = Registry({"broken": "no.such.module:thing"})
    assert "broken" in registry
    assert registry.keys() == {"broken"}
    with pytest.raises(ModuleNotFoundError):
        registry["broken"]


def test_the_list_of_cells_and_tasks_is_read_without_torch():
    program = "import sys, seqviz.cells, seqviz.tasks; list(seqviz.cells.CELLS); print('torch' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
