import subprocess
import sys

from seqviz.ui.server import FILES

EVERYTHING = """
import importlib, pkgutil, sys
import app
import seqviz.figures, seqviz.tasks, seqviz.ui
import seqviz.serving.hub, seqviz.serving.routes
from seqviz.figures import FIGURES
from seqviz.tasks import TASKS
for package in (seqviz.figures, seqviz.tasks, seqviz.ui):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
[*FIGURES.values(), *TASKS.values()]
print(sorted({"torch", "seqviz.training", "seqviz.serving.worker"} & set(sys.modules)))
"""


def test_nothing_that_the_web_process_loads_loads_torch():
    done = subprocess.run([sys.executable, "-c", EVERYTHING], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_browser_finds_every_script_that_another_one_imports():
    import gzip
    import re

    scripts = {name: gzip.decompress(zipped).decode() for name, zipped in FILES.zipped.items() if name.endswith(".js")}
    del scripts["plotly.min.js"]
    wanted = {found for text in scripts.values() for found in re.findall(r'from "\./([\w.]+)"', text)}
    assert wanted
    assert wanted <= set(scripts)
    assert {"stage.css", "plotly.min.js"} <= set(FILES.zipped)
