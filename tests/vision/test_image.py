"""`read_image`: every format and mode that people have, every source, every way to be wrong."""

import io
import os
import struct
import subprocess
import sys
import threading
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from pocketvlm.vision import image as image_module
from pocketvlm.vision.image import read_image

HEIC_FOLDER = Path(__file__).parents[1] / "data" / "images"  # by pillow-heif 1.8: pi-heif, the dependency, only reads
ORIENTATION = 0x0112
WHITE = (255, 255, 255)
LOSSY = 4  # levels; the largest difference seen inside a flat area is 2, other builds of the codecs may round otherwise


def quadrants(width: int = 64, height: int = 48) -> Image.Image:
    """Red and green over blue and white: no turn and no mirroring leaves it as it is."""
    picture = Image.new("RGB", (width, height), "red")
    picture.paste("lime", (width // 2, 0, width, height // 2))
    picture.paste("blue", (0, height // 2, width // 2, height))
    picture.paste("white", (width // 2, height // 2, width, height))
    return picture


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def assert_quadrants(pixels: np.ndarray, tolerance: int = 0) -> None:
    assert pixels.dtype == np.uint8
    assert pixels.shape == (48, 64, 3)
    corners = pixels[[5, 5, -6, -6], [5, -6, 5, -6]].astype(int)
    expected = np.array([(255, 0, 0), (0, 255, 0), (0, 0, 255), WHITE])
    assert np.abs(corners - expected).max() <= tolerance


def png(samples: np.ndarray, colour_type: int, bits: int = 16, extra: bytes = b"") -> bytes:
    """A PNG written by hand, for what Pillow does not write: 16-bit colour, transparent values."""
    height, width = samples.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2" if bits == 16 else "u1").tobytes() for row in samples)
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + extra
        + png_chunk(b"IDAT", zlib.compress(rows))
        + png_chunk(b"IEND", b"")
    )


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def one_line(error: pytest.ExceptionInfo[BaseException]) -> str:
    message = str(error.value)
    assert message
    assert "\n" not in message
    return message


# Formats

LOSSLESS_FILES = {
    "png": ("PNG", {}),
    "webp": ("WEBP", {"lossless": True}),
    "bmp": ("BMP", {}),
    "gif": ("GIF", {}),
    "tiff": ("TIFF", {}),
    "tiff_lzw": ("TIFF", {"compression": "tiff_lzw"}),
    "tiff_deflate": ("TIFF", {"compression": "tiff_deflate"}),
    "bigtiff": ("TIFF", {"big_tiff": True}),
}
LOSSY_FILES = {
    "jpeg": ("JPEG", {"quality": 95}),
    "jpeg_progressive": ("JPEG", {"quality": 95, "progressive": True}),
    "mpo": ("MPO", {"quality": 95, "save_all": True, "append_images": [Image.new("RGB", (64, 48))]}),
    "webp": ("WEBP", {"quality": 95}),
    "avif": ("AVIF", {"quality": 95}),
}


@pytest.mark.parametrize("file", LOSSLESS_FILES)
def test_lossless_format_gives_exact_pixels(file: str) -> None:
    kind, options = LOSSLESS_FILES[file]
    pixels = read_image(encoded(quadrants(), kind, **options))
    np.testing.assert_array_equal(pixels, np.asarray(quadrants()))


@pytest.mark.parametrize("file", LOSSY_FILES)
def test_lossy_format_gives_close_pixels(file: str) -> None:
    kind, options = LOSSY_FILES[file]
    assert_quadrants(read_image(encoded(quadrants(), kind, **options)), LOSSY)


@pytest.mark.parametrize("file", ["tiny.heic", "tiny_exif6.heic"])
def test_heic_is_read_upright(file: str) -> None:
    # tiny_exif6 is stored turned and says so twice, as iPhones do (irot and EXIF): it must be turned back once only.
    assert_quadrants(read_image(HEIC_FOLDER / file), LOSSY)


def test_heic_under_the_generic_brand_is_read() -> None:
    data = (HEIC_FOLDER / "tiny.heic").read_bytes()
    assert_quadrants(read_image(data[:8] + b"mif1" + data[12:]), LOSSY)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF", "AVIF"])
def test_animation_gives_first_frame(kind: str) -> None:
    data = encoded(quadrants(), kind, save_all=True, append_images=[Image.new("RGB", (64, 48), "black")])
    assert_quadrants(read_image(data), LOSSY)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_exif_orientation_is_undone(kind: str, orientation: int) -> None:
    undo_of = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Transpose members that lead from upright to as stored
    stored = quadrants()
    if orientation > 1:
        stored = stored.transpose(Image.Transpose(undo_of[orientation]))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    assert_quadrants(read_image(encoded(stored, kind, exif=exif, quality=95)), LOSSY)


def test_exif_orientation_of_a_pil_image_is_undone_once() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    data = encoded(quadrants().transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif)
    with Image.open(io.BytesIO(data)) as picture:
        assert_quadrants(read_image(picture))
        assert_quadrants(read_image(picture))  # the caller's image is not changed by the first reading
        assert picture.size == (48, 64)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0MM\0*\xff\xff\xff\xff", b"Exif\0\0nonsense", b"\0" * 7])
def test_broken_exif_is_ignored(exif: bytes) -> None:
    assert_quadrants(read_image(encoded(quadrants(), "JPEG", exif=exif, quality=95)), LOSSY)


# Modes


@pytest.mark.parametrize(
    "mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "LA", "PA", "RGBX", "RGBa"]
)
def test_pil_mode_gives_rgb(mode: str) -> None:
    picture = quadrants().convert("RGBA").convert(mode) if mode == "RGBa" else quadrants().convert(mode)
    pixels = read_image(picture)
    assert pixels.shape == (48, 64, 3)
    if mode not in ("1", "L", "LA"):
        assert_quadrants(pixels, {"YCbCr": 2, "LAB": 24}.get(mode, 0))  # both round to 8 bits, LAB coarsely
    assert pixels[-6, -6].min() >= (254 if mode == "LAB" else 255)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "AVIF"])
def test_alpha_is_composited_on_white(kind: str) -> None:
    picture = Image.new("RGBA", (64, 48), (255, 0, 0, 128))
    picture.paste((9, 9, 9, 0), (0, 0, 32, 48))
    options = {"lossless": True} if kind == "WEBP" else {}
    pixels = read_image(encoded(picture, kind, **options)).astype(int)
    assert np.abs(pixels[24, 8] - WHITE).max() <= (LOSSY if kind == "AVIF" else 0)
    assert np.abs(pixels[24, 56] - (255, 127, 127)).max() <= (LOSSY if kind == "AVIF" else 0)


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_transparent_palette_entry_becomes_white(kind: str) -> None:
    picture = Image.new("P", (4, 4), 1)
    picture.putpalette([10, 20, 30, 200, 100, 50])
    picture.putpixel((0, 0), 0)
    pixels = read_image(encoded(picture, kind, transparency=0))
    assert tuple(pixels[0, 0]) == WHITE
    assert tuple(pixels[3, 3]) == (200, 100, 50)


def test_half_transparent_palette_entry_is_mixed_with_white() -> None:
    picture = Image.new("P", (2, 2), 0)
    picture.putpalette([0, 0, 0])
    assert tuple(read_image(encoded(picture, "PNG", transparency=bytes([128])))[0, 0]) == (127, 127, 127)


@pytest.mark.parametrize(("colour_type", "value"), [(0, (7,)), (2, (7, 8, 9))])
def test_transparent_colour_of_a_png_becomes_white(colour_type: int, value: tuple[int, ...]) -> None:
    samples = np.full((2, 2, len(value)), 50)
    samples[0, 0] = value
    chunk = png_chunk(b"tRNS", struct.pack(f">{len(value)}H", *value))
    pixels = read_image(png(samples, colour_type, bits=8, extra=chunk))
    assert tuple(pixels[0, 0]) == WHITE
    assert tuple(pixels[1, 1]) == (50, 50, 50)


def test_sixteen_bit_grey_png_is_scaled_not_clipped() -> None:
    samples = np.array([[0, 257, 32896, 65535]])
    np.testing.assert_array_equal(read_image(png(samples, 0))[0, :, 0], [0, 1, 128, 255])


def test_sixteen_bit_grey_png_with_transparent_value_becomes_white() -> None:
    data = png(np.array([[1000, 257]]), 0, extra=png_chunk(b"tRNS", struct.pack(">H", 1000)))
    np.testing.assert_array_equal(read_image(data)[0, :, 0], [255, 1])


def test_sixteen_bit_colour_png_is_scaled() -> None:
    np.testing.assert_array_equal(read_image(png(np.array([[[0, 32896, 65535]]]), 2))[0, 0], [0, 128, 255])
    grey_alpha = png(np.array([[[0, 65535], [0, 0]]]), 4)
    np.testing.assert_array_equal(read_image(grey_alpha)[0, :, 0], [0, 255])


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (np.array([[0, 32896, 65535]], np.uint16), [0, 128, 255]),
        (np.array([[0, 128, 255]], np.int32), [0, 128, 255]),
        (np.array([[0, 32896, 65535]], np.int32), [0, 128, 255]),
        (np.array([[0, 10**9, 2 * 10**9]], np.int32), [0, 128, 255]),
        (np.array([[-5, 0, 5]], np.int32), [0, 128, 255]),
        (np.array([[0.0, 0.5, 1.0]], np.float32), [0, 128, 255]),
        (np.array([[0.25, 0.5]], np.float32), [64, 128]),
        (np.array([[-3.0, 0.0, 3.0]], np.float32), [0, 128, 255]),
        (np.array([[-3e38, 0.0, 3e38]], np.float32), [0, 128, 255]),
        (np.array([[np.nan, -np.inf, 0.5, np.inf]], np.float32), [0, 0, 128, 255]),
        (np.array([[np.nan, np.nan]], np.float32), [0, 0]),
        (np.array([[7.5, 7.5]], np.float32), [0, 0]),
    ],
)
@pytest.mark.parametrize("as_file", [True, False])
def test_wide_grey_is_scaled(samples: np.ndarray, expected: list[int], as_file: bool) -> None:
    picture = Image.fromarray(samples)
    pixels = read_image(encoded(picture, "TIFF") if as_file else picture)
    np.testing.assert_array_equal(pixels[0], np.repeat(np.array(expected)[:, None], 3, axis=1))


def test_twelve_bit_tiff_is_scaled_to_its_own_white() -> None:
    entries = [(256, 4, 2), (257, 4, 1), (258, 3, 12), (259, 3, 1), (262, 3, 1), (273, 4, 8), (278, 4, 1), (279, 4, 3)]
    packed = bytes([0xFF, 0xF8, 0x00, 0])  # 4095 and 2048
    directory = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    data = b"II*\0" + struct.pack("<I", 12) + packed + struct.pack("<H", len(entries)) + directory + b"\0" * 4
    np.testing.assert_array_equal(read_image(data)[0, :, 0], [255, 128])


def test_big_endian_sixteen_bit_mode_is_read() -> None:
    picture = Image.frombytes("I;16B", (2, 1), struct.pack(">HH", 0, 65535))
    np.testing.assert_array_equal(read_image(picture)[0, :, 0], [0, 255])


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_is_not_inverted(kind: str) -> None:
    # Pillow writes CMYK JPEGs the way Adobe does, inverted and marked so; TIFF is not inverted.
    assert_quadrants(read_image(encoded(quadrants().convert("CMYK"), kind, quality=95)), LOSSY)


# Colour profiles


def swapped_profile() -> bytes:
    """sRGB with the red and green primaries exchanged and another name: a converted red is green."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for tag in range(int.from_bytes(data[128:132], "big")):
        at = 132 + 12 * tag
        data[at : at + 4] = {b"rXYZ": b"gXYZ", b"gXYZ": b"rXYZ"}.get(bytes(data[at : at + 4]), data[at : at + 4])
    return bytes(data).replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))


def print_profile() -> bytes:
    """A CMYK profile that prints cyan in the colour Lab (53, 80, 67), red; black is black, the rest is paper."""
    levels = bytes(range(256))
    paper, red, black = b"\xff\x80\x80", bytes([round(53 * 2.55), 128 + 80, 128 + 67]), b"\0\x80\x80"
    inks = b"".join(black if i & 1 else red if i & 8 else paper for i in range(16))  # bits C M Y K
    matrix = struct.pack(">9i", *(65536 * (i % 4 == 0) for i in range(9)))
    table = b"mft1\0\0\0\0\4\3\2\0" + matrix + levels * 4 + inks + levels * 3
    name = b"desc\0\0\0\0" + struct.pack(">I", 6) + b"inked\0" + b"\0" * 78
    tags = [(b"desc", name + b"\0" * (-len(name) % 4)), (b"A2B0", table)]
    directory, content, at = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for kind, data in tags:
        directory += kind + struct.pack(">II", at + len(content), len(data))
        content += data
    header = struct.pack(">I4sI4s4s4s", at + len(content), b"\0" * 4, 0x02100000, b"prtr", b"CMYK", b"Lab ")
    header += b"\0" * 12 + b"acsp" + b"\0" * 28 + struct.pack(">3i", 63190, 65536, 54061)  # D50
    return header.ljust(128, b"\0") + directory + content


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_colour_profile_is_converted_to_srgb(mode: str) -> None:
    data = encoded(Image.new("RGB", (8, 8), "red").convert(mode), "PNG", icc_profile=swapped_profile())
    pixel = read_image(data)[4, 4].astype(int)
    assert np.abs(pixel - (0, 255, 0)).max() <= 2  # lcms rounds through an 8-bit or 16-bit connection space


def test_colour_profile_keeps_transparency() -> None:
    data = encoded(Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "PNG", icc_profile=swapped_profile())
    assert tuple(read_image(data)[4, 4]) == WHITE


def test_cmyk_profile_is_converted_to_srgb() -> None:
    data = encoded(Image.new("CMYK", (8, 8), (255, 0, 0, 0)), "JPEG", icc_profile=print_profile())
    red, green, blue = read_image(data)[4, 4].astype(int)  # naively cyan, (0, 255, 255)
    assert red > 240
    assert max(green, blue) < 20


@pytest.mark.parametrize(
    "profile",
    [
        b"not a profile",
        swapped_profile()[:200],
        print_profile(),
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    ],
    ids=["nonsense", "cut", "of another mode", "srgb"],
)
def test_broken_strange_or_srgb_profile_changes_nothing(profile: bytes) -> None:
    assert_quadrants(read_image(encoded(quadrants(), "PNG", icc_profile=profile)))


# Sources


def test_every_source_of_a_file_gives_the_same(tmp_path: Path) -> None:
    data = encoded(quadrants(), "PNG")
    path = tmp_path / "picture of … 日本.png"
    path.write_bytes(data)
    strided = memoryview(b"".join(bytes([byte, 0]) for byte in data))[::2]
    for source in (
        path,
        str(path),
        data,
        bytearray(data),
        memoryview(data),
        strided,
        quadrants(),
        np.array(quadrants()),
    ):
        assert_quadrants(read_image(source))


def test_file_name_does_not_decide_the_format(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes((HEIC_FOLDER / "tiny.heic").read_bytes())  # what some phones and messengers do
    assert_quadrants(read_image(path), LOSSY)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.array([[0, 128]], np.uint8), [[0] * 3, [128] * 3]),
        (np.array([[[0], [128]]], np.uint8), [[0] * 3, [128] * 3]),
        (np.array([[[1, 2, 3]]], np.uint8), [[1, 2, 3]]),
        (np.array([[[255, 0, 0, 0], [255, 0, 0, 128]]], np.uint8), [WHITE, [255, 127, 127]]),
        (np.array([[0, 32896, 65535]], np.uint16), [[0] * 3, [128] * 3, [255] * 3]),
        (np.array([[0, 32896, 65535]], ">u2"), [[0] * 3, [128] * 3, [255] * 3]),
        (np.array([[False, True]]), [[0] * 3, [255] * 3]),
        (np.array([[[0.0, 0.5, 1.0]]], np.float64), [[0, 128, 255]]),
        (np.array([[0.0, 1.0]], np.float16), [[0] * 3, [255] * 3]),
        (np.array([[[1.0, 0.0, 0.0, 0.0]]], np.float32), [WHITE]),
    ],
)
def test_array_gives_rgb(array: np.ndarray, expected: list[list[int]]) -> None:
    pixels = read_image(array)
    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal(pixels[0], expected)


@pytest.mark.parametrize(
    "source", [np.zeros((4, 5, 3), np.uint8), Image.new("RGB", (5, 4)), encoded(quadrants(), "BMP")]
)
def test_result_is_the_callers_own(source: object) -> None:
    pixels = read_image(source)
    assert pixels.flags.c_contiguous
    pixels[:] = 9
    assert (read_image(source) != 9).any()


def test_array_view_is_read_in_its_own_order() -> None:
    base = np.random.default_rng(0).integers(0, 256, (3, 6, 8), np.uint8)
    view = base.transpose(1, 2, 0)[::-1, ::2]
    np.testing.assert_array_equal(read_image(view), view)


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.zeros((3, 6, 8), np.uint8), r"\(3, 6, 8\).*channels last"),
        (np.zeros((6, 8, 2), np.uint8), r"\(6, 8, 2\)"),
        (np.zeros((1, 6, 8, 3), np.uint8), r"\(1, 6, 8, 3\)"),
        (np.zeros(5, np.uint8), r"\(5,\)"),
        (np.zeros((0, 5, 3), np.uint8), "no pixels"),
        (np.zeros((2, 2), np.int64), "int64.*uint8"),
        (np.zeros((2, 2), complex), "complex"),
        (np.array([["a"]]), "U1"),
        (np.full((2, 2), 255.0), r"0\.\.1.*255"),
        (np.full((2, 2), -0.5), "-0.5"),
        (np.full((2, 2), np.nan), "nan"),
    ],
)
def test_array_that_is_no_picture_is_refused(array: np.ndarray, says: str) -> None:
    with pytest.raises(ValueError, match=says) as error:
        read_image(array)
    one_line(error)


@pytest.mark.parametrize("source", [None, 3, [[1]], io.BytesIO(b""), {"url": "x"}])
def test_other_types_are_refused(source: object) -> None:
    with pytest.raises(TypeError, match=type(source).__name__) as error:
        read_image(source)
    one_line(error)


# Files that cannot be read


def test_missing_file_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.png", tmp_path / "no\nfolder" / "none.png", ""):
        with pytest.raises(FileNotFoundError, match="no such file") as error:
            read_image(path)
        one_line(error)
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(FileNotFoundError):
        read_image(tmp_path / "file" / "none.png")


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="folder") as error:
        read_image(tmp_path)
    assert str(tmp_path) in one_line(error)


@pytest.mark.parametrize("step", ["os.stat", "open"])
def test_no_permission_is_said(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Refusal is simulated at both steps where the system may refuse: tests may run as root, whom it refuses nothing.
    path = tmp_path / "secret.png"
    path.write_bytes(encoded(quadrants(), "PNG"))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    if step == "open":
        monkeypatch.setattr(image_module, "open", refuse, raising=False)
    else:
        monkeypatch.setattr(os, "stat", refuse)
    with pytest.raises(PermissionError) as error:
        read_image(path)
    monkeypatch.undo()
    assert "secret.png" in one_line(error)
    assert "rights" in str(error.value)


def test_pipe_and_device_are_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, "/dev/zero", "/dev/null"):
        with pytest.raises(ValueError, match="pipe or a device") as error:
            read_image(path)
        one_line(error)


def test_path_that_the_system_refuses_is_one_line(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for path in (loop, "x" * 5000, "nul\0inside"):
        with pytest.raises(ValueError, match="cannot be opened") as error:
            read_image(path)
        assert len(one_line(error)) < 500


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"hello", "not a picture.*hello.*PNG"),
        (b"photo.png", "not a picture"),
        (b"%PDF-1.7\n", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),  # EPS would start Ghostscript
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 99, "not a picture"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "not a picture"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
        (b"\xff\xd8\xff", "damaged"),
        (b"BM", "damaged"),
        (b"II*\0", "damaged"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "damaged"),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", "damaged"),
    ],
)
@pytest.mark.parametrize("as_file", [True, False])
def test_what_is_no_picture_is_refused(data: bytes, says: str, as_file: bool, tmp_path: Path) -> None:
    path = tmp_path / "thing"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=says) as error:
        read_image(path if as_file else data)
    assert ("thing" if as_file else f"{len(data)} bytes") in one_line(error)


def test_closed_pil_image_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(encoded(quadrants(), "PNG"))
    with Image.open(tmp_path / "x.png") as picture:
        pass
    with pytest.raises(ValueError, match="the PIL image") as error:
        read_image(picture)
    one_line(error)


# Size


def huge_files() -> dict[str, bytes]:
    """Headers that promise 20000x20000 with next to no data behind them: were they decoded, they would be cut short."""
    small, side = quadrants(), 20000
    jpeg, bmp, gif, tiff = (encoded(small, kind) for kind in ("JPEG", "BMP", "GIF", "TIFF"))
    jpeg_size = jpeg.index(b"\xff\xc0") + 5
    for tag, value in ((256, 64), (257, 48)):  # width and height
        assert struct.pack("<HHII", tag, 4, 1, value) in tiff
        tiff = tiff.replace(struct.pack("<HHII", tag, 4, 1, value), struct.pack("<HHII", tag, 4, 1, side))
    heic = (HEIC_FOLDER / "tiny.heic").read_bytes()
    heic_size = heic.index(b"ispe") + 8
    png_header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return {
        "png": b"\x89PNG\r\n\x1a\n" + png_header + png_chunk(b"IDAT", b""),
        "jpeg": jpeg[:jpeg_size] + struct.pack(">HH", side, side) + jpeg[jpeg_size + 4 :],
        "bmp": bmp[:18] + struct.pack("<II", side, side) + bmp[26:],
        "tiff": tiff,
        "gif": gif[:6] + struct.pack("<HH", side, side) + gif[10:],
        "heic": heic[:heic_size] + struct.pack(">II", side, side) + heic[heic_size + 8 :],
    }


@pytest.mark.parametrize("kind", ["png", "jpeg", "bmp", "tiff", "gif", "heic"])
def test_bomb_is_refused_from_its_header(kind: str) -> None:
    with pytest.raises(ValueError, match=r"too large \(20000x20000, 400 megapixels\).*100 megapixels") as error:
        read_image(huge_files()[kind])
    one_line(error)


def test_webp_bomb_is_refused() -> None:
    # Whether Pillow compares the size or libwebp the frame first depends on Pillow's version.
    side = (16384 - 1).to_bytes(3, "little")  # the most that WebP can say
    frame = encoded(quadrants(), "WEBP")[12:]
    content = b"WEBPVP8X\x0a\0\0\0\0\0\0\0" + side + side + frame
    with pytest.raises(ValueError, match=r"too large|damaged") as error:
        read_image(b"RIFF" + struct.pack("<I", len(content)) + content)
    one_line(error)


def test_lazy_pil_image_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)  # its owner trusts it; its pixels are not loaded yet
    with Image.open(io.BytesIO(huge_files()["png"])) as picture, pytest.raises(ValueError, match="too large"):
        read_image(picture)


def test_limit_itself_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_module, "MAX_PIXELS", 64 * 48)
    assert_quadrants(read_image(encoded(quadrants(), "PNG")))
    with pytest.raises(ValueError, match="too large"):
        read_image(encoded(quadrants(65, 48), "PNG"))


def test_out_of_memory_is_a_value_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Image.Image) -> None:
        raise MemoryError

    monkeypatch.setattr(image_module, "_to_rgb", fail)
    with pytest.raises(ValueError, match="does not fit in memory"):
        read_image(quadrants())


# Damage

FUZZED_FILES = {
    "jpeg": ("RGB", "JPEG", {}),
    "jpeg_progressive": ("RGB", "JPEG", {"progressive": True}),
    "jpeg_cmyk": ("CMYK", "JPEG", {}),
    "png": ("RGB", "PNG", {}),
    "png_palette": ("P", "PNG", {"transparency": 3}),
    "webp": ("RGB", "WEBP", {}),
    "webp_lossless": ("RGBA", "WEBP", {"lossless": True}),
    "bmp": ("RGB", "BMP", {}),
    "gif": ("P", "GIF", {}),
    "tiff": ("RGB", "TIFF", {}),
    "tiff_lzw": ("RGB", "TIFF", {"compression": "tiff_lzw"}),
    "tiff_deflate": ("RGB", "TIFF", {"compression": "tiff_deflate"}),
    "tiff_fax": ("1", "TIFF", {"compression": "group4"}),
    "avif": ("RGB", "AVIF", {}),
    "heic": None,
    "heic_exif": None,
}
NOT_NEEDED = {"png": 12, "png_palette": 30, "gif": 1, "tiff_fax": 4}  # bytes at the end that carry no pixels


def fuzzed_file(name: str) -> bytes:
    """A small file of noise, so that every byte matters, with EXIF and a colour profile where they fit."""
    entry = FUZZED_FILES[name]
    if entry is None:
        return (HEIC_FOLDER / {"heic": "tiny.heic", "heic_exif": "tiny_exif6.heic"}[name]).read_bytes()
    mode, kind, options = entry
    noise = np.random.default_rng(0).integers(0, 256, (24, 32, 3), np.uint8)
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    extra = {} if kind in ("BMP", "GIF") else {"exif": exif}
    if mode == "RGB" and kind in ("JPEG", "PNG", "WEBP"):
        extra["icc_profile"] = swapped_profile()
    return encoded(Image.fromarray(noise).convert(mode), kind, **options, **extra)


def assert_picture_or_value_error(data: bytes) -> bool:
    """Whether `data` is read; anything but a picture or a ValueError of one line fails."""
    try:
        pixels = read_image(data)
    except ValueError as refusal:
        message = str(refusal)
    else:
        message = ""
    assert "\n" not in message
    if message:
        return False
    assert pixels.dtype == np.uint8
    assert pixels.ndim == 3
    assert pixels.shape[2] == 3
    return True


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("name", FUZZED_FILES)
def test_file_cut_short_is_refused(name: str) -> None:
    data = fuzzed_file(name)
    assert assert_picture_or_value_error(data)
    for length in np.linspace(0, len(data) - 1, 120).astype(int):
        read = assert_picture_or_value_error(data[:length])
        assert not read or length >= len(data) - NOT_NEEDED.get(name, 0)


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("name", FUZZED_FILES)
def test_flipped_bytes_give_a_picture_or_a_value_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_module, "MAX_PIXELS", 10**6)  # a flipped size would cost seconds, not show more
    data, rng = fuzzed_file(name), np.random.default_rng(1)
    for turn in range(200):
        end = len(data) if turn % 2 else min(len(data), 300)  # every other time in the headers
        damaged = bytearray(data)
        for at in rng.integers(0, end, rng.integers(1, 5)):
            damaged[at] = rng.integers(0, 256)
        assert_picture_or_value_error(bytes(damaged))


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_png_with_valid_checksums_over_damage_is_a_picture_or_a_value_error() -> None:
    rng = np.random.default_rng(2)
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    data = encoded(quadrants(16, 12).convert("P"), "PNG", exif=exif, icc_profile=swapped_profile(), transparency=1)
    chunks, at = [], 8
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += 12 + size
    for _ in range(300):
        victim = rng.integers(0, len(chunks))
        body = bytearray(chunks[victim][1])
        if body:
            body[rng.integers(0, len(body))] = rng.integers(0, 256)
        damaged = [*chunks[:victim], (chunks[victim][0], bytes(body)), *chunks[victim + 1 :]]
        if damaged[0][1][:2] == damaged[0][1][4:6] == b"\0\0":  # not the bombs
            assert_picture_or_value_error(data[:8] + b"".join(png_chunk(*chunk) for chunk in damaged))


@pytest.mark.parametrize("at_text", [True, False])
def test_heic_that_crashes_pi_heif_is_refused(at_text: bool) -> None:
    # pi_heif 1.4 ends the process on an item type that is not UTF-8; an entry of size 0 would hide one from the check.
    data = bytearray((HEIC_FOLDER / "tiny_exif6.heic").read_bytes())
    kind = data.rindex(b"Exif", 0, data.index(b"mdat"))
    data[kind + 2] = 0x9C
    if not at_text:
        entry = data.rindex(b"infe", 0, kind)
        data[entry - 4 : entry] = bytes(4)
    with pytest.raises(ValueError, match="damaged") as error:
        read_image(bytes(data))
    one_line(error)


# Manners


def test_reading_leaves_pillow_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)  # the user's own limit binds Image.open, not us
    openers = dict(Image.OPEN)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_quadrants(read_image(encoded(quadrants(), "PNG")))
        assert_quadrants(read_image(HEIC_FOLDER / "tiny.heic"), LOSSY)
    assert Image.MAX_IMAGE_PIXELS == 10
    assert openers == Image.OPEN


def test_threads_read_the_same() -> None:
    files = [encoded(quadrants(), "PNG"), (HEIC_FOLDER / "tiny.heic").read_bytes(), encoded(quadrants(), "JPEG")] * 4
    results: list[np.ndarray | None] = [None] * len(files)

    def work(index: int) -> None:
        results[index] = read_image(files[index])

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(files))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index, pixels in enumerate(results):
        np.testing.assert_array_equal(pixels, read_image(files[index]))


def test_import_is_light(tmp_path: Path) -> None:
    code = (
        "import sys, pocketvlm.vision.image\n"
        "print([name for name in ('pi_heif', 'torch', 'cv2', 'onnxruntime') if name in sys.modules])"
    )
    # in tmp_path: the repository's folder `datasets` would hide a package of that name
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
