"""Checkpoints by name, against a hub of our own on this machine: nothing leaves it."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

from pocketvlm.checkpoints.hub import locate

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PIECE = 11 << 20  # bytes; the hub's library writes what it gets in pieces of 10 MiB
FILES = {
    "config.json": b"{}",
    "tokenizer.model": b"pieces",
    "pytorch_model.bin": bytes(range(256)) * (PIECE // 128),
    "optimizer.bin": b"not wanted",
    "checkpoint-1/config.json": b"not wanted",
    "onnx/model.onnx": b"not wanted",
}


class Hub:
    """The part of the hub's interface that a download uses; the first answer with the weights breaks off."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.sent: list[tuple[str, str | None]] = []  # (file, the Range asked for)
        self.breaks = True

    def answer(self, request: BaseHTTPRequestHandler, body: bool) -> None:
        path = request.path.partition("?")[0]
        if path == "/api/models/someone/model/revision/main":
            siblings = [{"rfilename": name} for name in self.files]
            self.send_json(request, {"id": "someone/model", "sha": COMMIT, "siblings": siblings})
        elif path.startswith("/api/models/someone/model/tree/"):
            files = self.files.items()
            self.send_json(request, [{"type": "file", "path": n, "size": len(c), "oid": f"id-{n}"} for n, c in files])
        elif path.startswith(f"/someone/model/resolve/{COMMIT}/"):
            self.send_file(request, path.partition(f"{COMMIT}/")[2], body)
        else:
            request.send_response(404)
            request.send_header("X-Error-Code", "RepoNotFound")
            request.send_header("Content-Length", "0")
            request.end_headers()

    def send_json(self, request: BaseHTTPRequestHandler, value: Any) -> None:
        content = json.dumps(value).encode()
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def send_file(self, request: BaseHTTPRequestHandler, name: str, body: bool) -> None:
        content, wanted = self.files[name], request.headers.get("Range")
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        request.send_response(206 if wanted else 200)
        request.send_header("ETag", f'"etag-{name}"')
        request.send_header("X-Repo-Commit", COMMIT)
        request.send_header("Content-Length", str(len(content) - start))
        if wanted:
            request.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        request.end_headers()
        if not body:
            return
        self.sent.append((name, wanted))
        if self.breaks and len(content) > PIECE:
            self.breaks = False
            request.wfile.write(content[start:PIECE])
            request.close_connection = True
        else:
            request.wfile.write(content[start:])


@pytest.fixture
def hub() -> Iterator[tuple[Hub, str]]:
    """A running hub and its address."""
    state = Hub(FILES)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            state.answer(self, body=True)

        def do_HEAD(self) -> None:
            state.answer(self, body=False)

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield state, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def located(name: str, endpoint: str, cache: Path) -> subprocess.CompletedProcess[str]:
    """`locate` in a process of its own: the hub's library reads its settings when it is imported."""
    script = (
        "import sys; from pocketvlm.checkpoints.hub import locate\n"
        "try: print(locate(sys.argv[1]))\n"
        "except ValueError as error: print('ValueError:', error)"
    )
    # No token, whoever runs the test; and no proxy between the test and its server.
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith(("_proxy", "_token"))}
    environment |= {"HF_ENDPOINT": endpoint, "HF_HOME": str(cache), "HF_HUB_DISABLE_TELEMETRY": "1"}
    command = [sys.executable, "-c", script, name]
    return subprocess.run(command, env=environment, cwd=cache, check=True, capture_output=True, text=True)


def test_download_fetches_what_is_needed_and_goes_on_where_it_broke_off(hub: tuple[Hub, str], tmp_path: Path) -> None:
    state, endpoint = hub
    done = located("someone/model", endpoint, tmp_path)
    folder = Path(done.stdout.strip())
    wanted = {"config.json", "tokenizer.model", "pytorch_model.bin"}
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {name: FILES[name] for name in wanted}
    weights = [asked for name, asked in state.sent if name == "pytorch_model.bin"]
    assert weights[0] is None
    # The first answer ended after PIECE bytes, of which whole pieces of 10 MiB were kept at least.
    assert int(str(weights[1]).removeprefix("bytes=").removesuffix("-")) >= 10 << 20
    assert "100%" in done.stderr  # its progress


def test_download_that_is_complete_is_not_repeated_and_needs_no_hub(hub: tuple[Hub, str], tmp_path: Path) -> None:
    state, endpoint = hub
    state.breaks = False
    state.files = {**FILES, "pytorch_model.bin": b"small"}
    first = located("someone/model", endpoint, tmp_path).stdout
    files = len(state.sent)
    assert located("someone/model", endpoint, tmp_path).stdout == first
    assert located("someone/model", "http://127.0.0.1:9", tmp_path).stdout == first  # nobody listens there
    assert len(state.sent) == files


def test_weights_are_fetched_once_where_both_kinds_are_offered(hub: tuple[Hub, str], tmp_path: Path) -> None:
    state, endpoint = hub
    state.files = {**FILES, "model.safetensors": b"weights"}
    located("someone/model", endpoint, tmp_path)
    assert {name for name, _ in state.sent} == {"config.json", "tokenizer.model", "model.safetensors"}


def test_hub_that_cannot_be_reached_or_has_no_such_model(hub: tuple[Hub, str], tmp_path: Path) -> None:
    _, endpoint = hub
    assert located("someone/other", endpoint, tmp_path).stdout == (
        "ValueError: someone/other cannot be downloaded: the hub has no such repository, or it is private; "
        "give the checkpoint's folder instead\n"
    )
    assert located("someone/other", "http://127.0.0.1:9", tmp_path).stdout == (
        "ValueError: someone/other cannot be downloaded: the hub cannot be reached, and the cache does not hold all "
        "of it; give the checkpoint's folder instead\n"
    )


# --- without a hub --------------------------------------------------------------------------------------------------


@pytest.fixture
def download(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], list[dict[str, Any]]]:
    """Makes the hub's library return a folder or raise an error; the calls it got are returned."""

    def pretend(result: Any) -> list[dict[str, Any]]:
        calls: list[dict[str, Any]] = []

        def snapshot_download(name: str, **options: Any) -> str:
            calls.append({"name": name, **options})
            if isinstance(result, Exception):
                raise result
            return str(result)

        monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
        return calls

    return pretend


def test_folder_or_file_is_used_as_it_is(tmp_path: Path, download: Callable[[Any], list[dict[str, Any]]]) -> None:
    calls = download(AssertionError("not needed"))
    file = tmp_path / "model.safetensors"
    file.touch()
    assert locate(str(tmp_path)) == tmp_path
    assert locate(file) == file
    assert calls == []


def test_folder_goes_before_a_name_on_the_hub(
    tmp_path: Path, download: Callable[[Any], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = download(AssertionError("not needed"))
    (tmp_path / "someone" / "model").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert locate("someone/model") == Path("someone/model")
    assert calls == []


def test_revision_and_cache_are_passed_on(tmp_path: Path, download: Callable[[Any], list[dict[str, Any]]]) -> None:
    (tmp_path / "model.safetensors").touch()
    calls = download(tmp_path)
    assert locate("some-one/model_v2.1@refs/pr/3", cache=tmp_path / "cache") == tmp_path
    assert locate("some-one/model_v2.1", revision="v1") == tmp_path
    assert [(call["name"], call["revision"], call["cache_dir"]) for call in calls] == [
        ("some-one/model_v2.1", "refs/pr/3", tmp_path / "cache"),
        ("some-one/model_v2.1", "v1", None),
    ]


class Response:
    """As little of an HTTP response as the hub's errors ask for."""

    headers: dict[str, str] = {}  # noqa: RUF012
    request = None


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (GatedRepoError("x\ny", response=Response()), "its owner asks for an agreement"),
        (RepositoryNotFoundError("x\ny", response=Response()), "the hub has no such repository"),
        (RevisionNotFoundError("x\ny", response=Response()), "the repository has no such revision"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (RuntimeError("first\nsecond"), "first;"),
        (RuntimeError(), "RuntimeError;"),
    ],
)
def test_errors_are_one_line_with_a_remedy(
    error: Exception, reason: str, download: Callable[[Any], list[dict[str, Any]]]
) -> None:
    download(error)
    with pytest.raises(ValueError, match=reason) as raised:
        locate("someone/model")
    assert str(raised.value).startswith("someone/model cannot be downloaded: ")
    assert str(raised.value).endswith("; give the checkpoint's folder instead")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "name", ["nowhere", "./some/folder", "/no/such", "../a", "a/b/c", "a b/c", "https://a/b", "", "a" * 5000]
)
def test_what_is_neither_a_path_nor_a_name_is_refused(
    name: str, download: Callable[[Any], list[dict[str, Any]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    calls = download(AssertionError("not a name"))
    with pytest.raises(ValueError, match="no file or folder at"):
        locate(name)
    assert calls == []
