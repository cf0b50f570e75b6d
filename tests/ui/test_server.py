import gzip
import re
import subprocess
import sys
from pathlib import Path

import plotly

from seqviz.core.config import RunConfig
from seqviz.tasks import task_of
from seqviz.ui import server
from seqviz.ui.server import FILES
from seqviz.ui.settings import defaults

ROOT = Path(__file__).parents[2]
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


def test_a_page_opens_with_what_the_server_has_built_for_it(monkeypatch):
    built, frozen = [], []
    monkeypatch.setattr(server, "task_of", lambda config: built.append(config) or task_of(config))
    monkeypatch.setattr(server, "COMMON", ("recall",))
    monkeypatch.setattr(server.gc, "freeze", lambda: frozen.append(built[-1]))
    server._get_ready()
    opens = defaults(task_of(RunConfig(task="recall")))
    assert opens.lag == 40
    assert frozen == [opens]


def test_the_browser_finds_every_script_that_another_one_imports():
    scripts = {name: gzip.decompress(zipped).decode() for name, zipped in FILES.zipped.items() if name.endswith(".js")}
    del scripts["plotly.min.js"]
    wanted = {found for text in scripts.values() for found in re.findall(r'from "\./([\w.]+)"', text)}
    assert wanted
    assert wanted <= set(scripts)
    assert {"stage.css", "plotly.min.js"} <= set(FILES.zipped)


def test_plotly_in_the_browser_draws_every_kind_of_part_and_is_the_one_that_checks_figures():
    here = Path(plotly.__path__[0]) / "package_data" / "plotly.min.js"
    (checking,) = re.findall(r"plotly\.js v(\d+)\.", here.read_text()[:200])
    banner = gzip.decompress(FILES.zipped["plotly.min.js"]).decode()[:200]
    (drawing, said) = re.match(r"/\*! plotly\.js (\d+)\.[\d.]+ with ([\w, ]+)\.", banner).groups()
    assert drawing == checking
    kinds = set(said.split(", "))
    built = set(re.findall(r"plotly\.js/lib/(\w+)", (ROOT / "seqviz/ui/plotly/entry.js").read_text()))
    assert kinds == built - {"core"} | {"scatter"}
    sources = "".join(path.read_text() for path in (ROOT / "seqviz/figures").glob("*.py"))
    elsewhere = {"log", "line", "rect"}  # of axes and shapes
    assert set(re.findall(r'"type": "(\w+)"', sources)) == kinds | elsewhere
