"""What is read of a processor."""

from pathlib import Path

from pocketvlm.graphs.processor import has_int8_dot_products


def test_dot_products_are_known_by_their_flag(tmp_path: Path) -> None:
    with_flag, without, other = (tmp_path / name for name in ("with", "without", "other"))
    with_flag.write_text("processor\t: 0\nflags\t\t: fpu sse2 avx512f avx512_vnni\n", encoding="ascii")
    without.write_text("flags\t\t: fpu sse2 avx2 avx512_vnni_like\n", encoding="ascii")
    other.write_text("model name\t: avx512_vnni\n", encoding="ascii")
    found = [has_int8_dot_products(path) for path in (with_flag, without, other, tmp_path / "missing")]
    assert found == [True, False, False, False]
