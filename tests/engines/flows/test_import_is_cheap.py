import subprocess
import sys

import pytest


@pytest.mark.parametrize("engine", ["evidence", "flows"])
def test_importing_the_engine_loads_no_compiler(engine):
    code = f"import sys; import enduse.engines.{engine}; print('numba' in sys.modules, 'scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
