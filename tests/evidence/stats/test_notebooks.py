"""The worked notebooks run from a checkout, without Django, and are kept without their outputs."""

import json
import os
from pathlib import Path

import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import reads, v4

ROOT = Path(__file__).parents[3]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
# warnings of the notebook's own machinery, when it starts and closes its kernel
MACHINERY = (
    "ignore::DeprecationWarning",
    "ignore::RuntimeWarning",
    "ignore::FutureWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)


def test_three_notebooks_are_kept_small_and_without_outputs():
    assert [path.stem for path in NOTEBOOKS] == ["agencies-to-prevalence", "cases-to-safe-release", "flows-and-vulnerability"]
    for path in NOTEBOOKS:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells if cell["cell_type"] == "code")
        assert path.stat().st_size < 30_000


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings(*MACHINERY)
def test_notebook_runs_to_its_end_without_django(path, tmp_path, monkeypatch):
    book = reads(path.read_text(encoding="utf-8"), as_version=4)
    # the kernel's own debugger looks into django.utils; nobody may set Django up
    book.cells.append(v4.new_code_cell("import sys\nassert not {'django.conf', 'django.apps', 'havre.site.settings'} & sys.modules.keys()"))
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    # what the kernel writes about itself goes into the test's own folder
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("PATH", os.environ.get("PATH", ""))
    # a socket in a folder, not a port
    kernel = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=str(tmp_path / "kernel"))
    done = NotebookClient(book, km=kernel, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
    outputs = [output for cell in done.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    assert len(outputs) > 8
