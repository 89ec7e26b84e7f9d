"""Any picture people have, as RGB pixels.

Only the formats named in `_OPENERS` are decoded. Pillow knows forty more, some of which run programs (EPS) or guess
without a signature. Its plugins are called directly, so that the size limit is ours and Pillow's globals
(`MAX_IMAGE_PIXELS`, the plugin registry) stay as the user has them.

Letters: H, W the picture's height and width in pixels; C channels.
"""

import io
import os
import re
import reprlib
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any, TypeAlias

import numpy as np
from PIL import ExifTags, Image, ImageCms
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

ImageSource: TypeAlias = "str | os.PathLike[str] | bytes | bytearray | memoryview | Image.Image | np.ndarray[Any, Any]"

MAX_PIXELS = 100_000_000  # 0.3 GB as RGB, up to 1.2 GB while a wide grey is scaled
FORMATS = "PNG, JPEG, WebP, BMP, TIFF, GIF, AVIF or HEIC"

_HEAD_BYTES = 128  # enough for every signature and for the brand list of an ISO media file
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}  # AVIF files list mif1 too: look for these first
_OPENERS: dict[bytes, Callable[[IO[bytes]], Image.Image]] = {
    b"\x89PNG\r\n\x1a\n": PngImageFile,
    b"\xff\xd8\xff": JpegImageFile,
    b"GIF87a": GifImageFile,
    b"GIF89a": GifImageFile,
    b"BM": BmpImageFile,
    b"II*\0": TiffImageFile,
    b"MM\0*": TiffImageFile,
    b"II+\0": TiffImageFile,  # BigTIFF
    b"MM\0+": TiffImageFile,
}
_UPRIGHT = {  # EXIF orientation to the turn that undoes it
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_image(source: ImageSource) -> np.ndarray:
    """Read a picture: upright, on white where it is transparent, in sRGB, 8 bits a channel; an animation's first frame.

    Args:
        source: a path; the bytes of a picture file; a PIL image; or an array (H, W) or (H, W, C) with C of 1, 3 or 4,
            of uint8, uint16, bool or float within 0..1.
    Returns:
        (H, W, 3) uint8 RGB, never sharing memory with `source`.
    Raises:
        FileNotFoundError, IsADirectoryError, PermissionError: of a path, in one line.
        ValueError: not a picture, damaged, over `MAX_PIXELS`, or an array of another shape, type or range.
        TypeError: `source` is none of the above.
    """
    if isinstance(source, np.ndarray):
        return _from_array(source)
    if isinstance(source, Image.Image):
        return _from_pil(source, "the PIL image")
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _from_stream(io.BytesIO(bytes(source)), f"the image of {memoryview(source).nbytes} bytes")
    if isinstance(source, (str, os.PathLike)):
        return _from_path(source)
    raise TypeError(f"a picture is a path, bytes, a PIL image or a numpy array, not {type(source).__name__}")


def _from_path(path: str | os.PathLike[str]) -> np.ndarray:
    name = _shown(os.fspath(path))
    with _open(path, name) as stream:
        return _from_stream(stream, name)


def _open(path: str | os.PathLike[str], name: str) -> IO[bytes]:
    """Open a regular file; turn what the operating system says into one line with a remedy."""
    try:
        mode = os.stat(path).st_mode  # before opening: opening a named pipe waits for its writer
        if stat.S_ISREG(mode):
            return open(path, "rb")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileNotFoundError(f"no such file: {name}: check the path") from error
    except PermissionError as error:
        raise PermissionError(f"no permission to read {name}: check the rights of the file and its folders") from error
    except (OSError, ValueError) as error:  # too long, a loop of links, a NUL inside
        raise ValueError(f"{name} cannot be opened: {_one_line(error)}: check the path") from error
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(f"{name} is a folder: name one picture in it")
    raise ValueError(f"{name} is a pipe or a device, not a file: read it yourself and pass the bytes")


def _from_stream(stream: IO[bytes], name: str) -> np.ndarray:
    with _one_value_error(name):
        head = stream.read(_HEAD_BYTES)
        stream.seek(0)
    if not head:
        raise ValueError(f"{name} is empty: get the file again")
    opener = _find_opener(head)
    if opener is None:
        raise ValueError(f"{name} is not a picture that can be read (it begins {head[:8]!r}): use {FORMATS}")
    with _one_value_error(name):
        image = opener(stream)  # reads the header only
    return _from_pil(image, name)


def _find_opener(head: bytes) -> Callable[[IO[bytes]], Image.Image] | None:
    """The decoder for a file that begins with `head`; the file's name has no say, people's are often wrong."""
    for signature, opener in _OPENERS.items():
        if head.startswith(signature):
            return opener
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WebPImageFile
    brands = _iso_brands(head)
    if brands & _AVIF_BRANDS:
        return AvifImageFile
    if brands & _HEIF_BRANDS:
        return _open_heif
    return None


def _iso_brands(head: bytes) -> set[bytes]:
    """What an ISO media file (HEIC and AVIF, but MP4 too) says that it is: the brands in its first box, `ftyp`."""
    if head[4:8] != b"ftyp":
        return set()
    box = head[8 : int.from_bytes(head[:4], "big")]
    return {box[i : i + 4] for i in range(0, len(box), 4) if i != 4}  # bytes 4 to 8 are a version


def _open_heif(stream: IO[bytes]) -> Image.Image:
    """Open HEIC, after checking what pi_heif 1.4 does not.

    It crashes on item texts that are not UTF-8, and gives the size after cropping, not the one that it will decode.
    """
    from pi_heif import HeifImageFile  # megabytes of decoder, for HEIC only

    data = stream.read()
    for text in _heif_item_texts(data):
        text.decode()
    for width, height in re.findall(rb"\0\0\0\x14ispe\0{4}(.{4})(.{4})", data, re.DOTALL):
        _check_size(int.from_bytes(width, "big"), int.from_bytes(height, "big"))  # as coded: a crop may hide it
    image: Image.Image = HeifImageFile(io.BytesIO(data))
    return image


def _heif_item_texts(data: bytes) -> Iterator[bytes]:
    """Type, then name and content type, of every item that a HEIC file lists (ISO 14496-12, 8.11.6)."""
    for listing in _boxes(b"iinf", data):
        for entry in _boxes(b"infe", listing):
            text_start = {b"\2": 12, b"\3": 14}.get(entry[4:5], len(entry))  # by version; the older ones have no type
            yield entry[text_start : text_start + 4]
            yield entry[text_start + 4 :]


def _boxes(kind: bytes, data: bytes) -> Iterator[bytes]:
    """Every box of `kind` in `data`: 4 bytes of size, then from its kind on what is yielded."""
    for found in re.finditer(kind, data):
        size = int.from_bytes(data[max(found.start() - 4, 0) : found.start()], "big")
        if size < 12:  # 0 and 1 would mean "to the end" and "see below", which no writer uses this deep
            raise ValueError(f"a box {kind.decode()} of {size} bytes")
        yield data[found.start() : found.start() - 4 + size]


def _from_pil(image: Image.Image, name: str) -> np.ndarray:
    with _one_value_error(name):
        _check_size(*image.size)
        image.load()
        turn = _UPRIGHT.get(_orientation(image))  # after load: PNG may keep its EXIF last; TIFF turns itself in load
        rgb = _to_rgb(image)
        return np.array(rgb if turn is None else rgb.transpose(turn))  # (H, W, 3)


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise Image.DecompressionBombError(f"{width}x{height}, {width * height / 1e6:.0f} megapixels")


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # a good picture with broken EXIF is still a good picture
        return 1


def _to_rgb(image: Image.Image) -> Image.Image:
    """Any mode of Pillow's to RGB: wide greys scaled, colour profile applied, transparency composited on white."""
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(_narrow(image)).convert("RGB")
    if image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode in ("1", "P"):
        image = image.convert("RGB")
    image = _to_srgb(image)
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def _to_srgb(image: Image.Image) -> Image.Image:
    """`image` in sRGB if it carries another colour profile that fits it (Display P3, print CMYK), else as it is."""
    profile_bytes = image.info.get("icc_profile")
    if not profile_bytes:
        return image
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(profile_bytes))
        if "srgb" in ImageCms.getProfileDescription(profile).lower():
            return image  # the usual case, and the conversion costs 0.2 s at 12 megapixels
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"), outputMode=mode) or image
    except Exception:  # a broken profile, or one for another mode: colours a little off beat no picture
        return image


def _narrow(image: Image.Image) -> np.ndarray:
    """16-bit, 32-bit and float grey to (H, W) uint8; `Image.convert` would clip at 255 instead and give all white."""
    values = np.asarray(image)  # (H, W)
    grey = _scale(values, *_black_and_white(image, values))
    if "transparency" in image.info:  # the one value that stands for transparent
        grey[values == image.info["transparency"]] = 255
    return grey


def _black_and_white(image: Image.Image, values: np.ndarray) -> tuple[float, float]:
    """The values of `image` that mean black and white.

    Modes I;16 have as many bits as their TIFF says, 16 without one. Modes I and F do not say what white is: a picture
    within 0..1 (F), 0..255 or 0..65535 (I) is taken at its word, any other goes from its lowest to its highest value.
    """
    if image.mode.startswith("I;16"):
        bits = getattr(image, "tag_v2", {}).get(ExifTags.Base.BitsPerSample, (16,))[0]
        return 0, 2**bits - 1
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    for white in (1,) if image.mode == "F" else (255, 65535):
        if low >= 0 and high <= white:
            return 0, white
    return low, high


def _scale(values: np.ndarray, black: float, white: float) -> np.ndarray:
    """`values` from black..white to 0..255 uint8, rounded; NaN is black, and so is everything if they meet."""
    # float64: the difference of two float32 may overflow, and 32-bit integers do not fit a float32
    scaled = np.nan_to_num(values.astype(np.float64), copy=False, nan=black, posinf=white, neginf=black)
    scaled -= black
    scaled *= 255 / ((white - black) or 1)
    return np.rint(scaled, out=scaled).astype(np.uint8)


def _from_array(array: np.ndarray) -> np.ndarray:
    pixels = array[..., np.newaxis] if array.ndim == 2 else array  # (H, W, C)
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3, 4):
        hint = ": move the channels last" if array.ndim == 3 and array.shape[0] in (1, 3, 4) else ""
        raise ValueError(f"an array of shape {array.shape} is not a picture, (H, W) or (H, W, 1, 3 or 4){hint}")
    if pixels.size == 0:
        raise ValueError(f"an array of shape {array.shape} has no pixels")
    pixels = _array_to_uint8(pixels)
    if pixels.shape[2] == 4:
        return np.array(_to_rgb(Image.fromarray(pixels)))
    return np.array(np.broadcast_to(pixels, (*pixels.shape[:2], 3)), order="C")


def _array_to_uint8(array: np.ndarray) -> np.ndarray:
    if array.dtype == np.uint8:
        return array
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype.kind == "u" and array.dtype.itemsize == 2:  # either byte order
        return _scale(array, 0, 65535)
    if array.dtype.kind != "f":
        raise ValueError(f"an array of {array.dtype} is not a picture: use uint8, uint16, bool or float within 0..1")
    low, high = array.min(), array.max()
    if not (low >= 0 and high <= 1):  # written so that NaN fails too
        raise ValueError(f"a float array holds 0..1, this one {low:.6g}..{high:.6g}: divide, clip, or pass uint8")
    return _scale(array, 0, 1)


@contextmanager
def _one_value_error(name: str) -> Iterator[None]:
    """Pillow and the libraries below it raise some ten types on bad data; one of them leaves here."""
    try:
        yield
    except Image.DecompressionBombError as error:  # ours, and Pillow's own in its WebP and GIF readers
        limit = f"{MAX_PIXELS / 1e6:.0f} megapixels"
        raise ValueError(f"{name} is too large ({_one_line(error)}): the limit is {limit}, shrink it first") from error
    except MemoryError as error:
        raise ValueError(f"{name} does not fit in memory: shrink it first") from error
    except Exception as error:
        raise ValueError(f"{name} is damaged, cut short or of an unknown kind: {_one_line(error)}") from error


def _one_line(error: Exception) -> str:
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return " ".join(text.split()) or type(error).__name__


def _shown(path: str) -> str:
    """`path` quoted on one line; a picture's text passed for a path by mistake does not fill the screen."""
    shortener = reprlib.Repr()
    shortener.maxstring = 200
    return shortener.repr(path)
