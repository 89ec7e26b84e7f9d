"""The house keeps its plan: imports run one way, and the wheel holds every package and the embedded bundle."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STAGES = {"vision", "projector", "llm_backbone", "datasets"}
# What a folder may import of this project, besides itself; None is everything.
ALLOWED: dict[str, set[str] | None] = {
    "graphs": set(),
    "checkpoints": {"graphs"},
    **{stage: {"graphs"} for stage in STAGES},
    "cost": STAGES,
    "apps": STAGES,
    "pipeline": None,
}


def imported_modules(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            modules.add(node.module or "")
    return {module for module in modules if module.split(".")[0] == "pocketvlm"}


def folder_of(module: str) -> str:
    """The folder that a module of the namespace lies in; what is no folder's is the pipeline's."""
    part = module.split(".")[1] if "." in module else ""
    return part if part in ALLOWED else "pipeline"


@pytest.mark.parametrize("folder", [name for name, allowed in ALLOWED.items() if allowed is not None])
def test_imports_run_one_way(folder: str) -> None:
    allowed = ALLOWED[folder]
    assert allowed is not None
    for path in (ROOT / folder).rglob("*.py"):
        for module in imported_modules(path):
            assert folder_of(module) in {folder, *allowed}, f"{path} imports {module}"


def test_the_arrows_check_sees_a_wrong_import(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("from pocketvlm.vision.image import read_image\nimport pocketvlm.chat\n")
    assert {folder_of(module) for module in imported_modules(wrong)} == {"vision", "pipeline"}


def test_answering_imports_no_torch() -> None:
    script = (
        "import sys, numpy, pocketvlm;"
        "pocketvlm.load(threads=1).ask(numpy.full((99, 99, 3), 255, numpy.uint8), 'What is this?', max_new_tokens=1);"
        "print([name for name in ('torch', 'transformers', 'onnx', 'gguf') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_every_folder_with_code_is_a_named_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    folders = {
        path.parent.relative_to(ROOT).as_posix() for top in [*ALLOWED, "models"] for path in (ROOT / top).rglob("*.py")
    }
    assert set(project["package-dir"].values()) == folders
    assert set(project["packages"]) == set(project["package-dir"])


def test_wheel_holds_the_packages_and_the_bundle(tmp_path: Path) -> None:
    source = tmp_path / "source"  # a copy, because a build leaves its own folders beside the code
    for folder in [*ALLOWED, "models"]:
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, source)
    build = [sys.executable, "-I", "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", tmp_path]
    subprocess.run([*build, source], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    unpacked = tmp_path / "unpacked"
    zipfile.ZipFile(wheel).extractall(unpacked)
    packed = {path.relative_to(unpacked / "pocketvlm/models") for path in unpacked.glob("pocketvlm/models/nano/**/*")}
    assert packed == {path.relative_to(ROOT / "models") for path in (ROOT / "models/nano").rglob("*")}
    script = (
        f"import sys; sys.path.insert(0, {str(unpacked)!r}); import pocketvlm; vlm = pocketvlm.load(threads=1);"
        "print(vlm.bundle.folder); print(', '.join(vlm.ask(sys.argv[1], 'What is the balance?').sources))"
    )
    command = [sys.executable, "-I", "-c", script, ROOT / "examples/screens/bank.png"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path)
    sources = "screen text, screen elements, image, language model"  # so every part of the bundle is there and runs
    assert done.stdout.splitlines() == [str(unpacked / "pocketvlm/models/nano"), sources]
