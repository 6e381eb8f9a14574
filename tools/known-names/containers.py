"""Finds the pickles inside model files: zip, tar, npy, npz, gzip, zlib, bz2, xz, zstd, lz4, joblib.

Deliberately not done: hostile input. This is a developer tool for files that libraries wrote.
"""

from __future__ import annotations

import ast
import bz2
import gzip
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from typing import Iterator

from pickle_walk import Stream, looks_like_pickle, walk_all

TORCH_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C


def streams_of(name: str, data: bytes, depth: int = 0) -> Iterator[tuple[str, Stream]]:
    """Yields (where, stream) for each pickle in the bytes of a file."""
    if depth > 5 or len(data) < 2:
        return
    if data[:2] == b"PK" and zipfile.is_zipfile(io.BytesIO(data)):
        yield from zipped(name, data, depth)
        return
    if data[:6] == b"\x93NUMPY":
        yield from npy(name, data)
        return
    unpacked = unpack(data)
    if unpacked is not None:
        yield from streams_of(name, unpacked, depth + 1)
        return
    if data[257:262] == b"ustar":
        yield from tar(name, data, depth)
        return
    if looks_like_pickle(data) and not name.endswith((".txt", ".py")):
        yield from pickles(name, data)


def zipped(name: str, data: bytes, depth: int) -> Iterator[tuple[str, Stream]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        return
    for entry in archive.infolist():
        if is_raw_storage(entry.filename):
            continue
        try:
            content = archive.read(entry)
        except Exception:  # encrypted, damaged, or a method that zipfile lacks
            continue
        yield from streams_of(name + "!" + entry.filename, content, depth + 1)


def tar(name: str, data: bytes, depth: int) -> Iterator[tuple[str, Stream]]:
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                if member.isfile():
                    content = archive.extractfile(member).read()
                    yield from streams_of(name + "!" + member.name, content, depth + 1)
    except (tarfile.TarError, EOFError):
        return


def is_raw_storage(path: str) -> bool:
    parts = path.split("/")
    return len(parts) >= 2 and parts[-2] in ("data", "constants", "tensors") and parts[-1].isdigit()


def pickles(name: str, data: bytes) -> Iterator[tuple[str, Stream]]:
    legacy = False
    for index, stream in enumerate(walk_all(data)):
        first = stream.result
        if index == 0 and first is not None and first.of == TORCH_LEGACY_MAGIC:
            legacy = True
        if stream.error and (legacy and index > 4 or data[:1] != b"\x80" and not stream.values):
            return
        yield f"{name}#{index}", stream


def npy(name: str, data: bytes) -> Iterator[tuple[str, Stream]]:
    wide = data[6] >= 2
    start = 12 if wide else 10
    length = int.from_bytes(data[8:start], "little")
    header = data[start : start + length].decode("latin1").strip()
    descr = ast.literal_eval(re.sub(r"(\d)L\b", r"\1", header))["descr"]
    if "O" in repr(descr):
        yield from pickles(name, data[start + length :])


def unpack(data: bytes) -> bytes | None:
    try:
        if data[:2] == b"\x1f\x8b":
            return gzip.decompress(data)
        if data[:3] == b"BZh":
            return bz2.decompress(data)
        if data[:6] == b"\xfd7zXZ\x00" or data[:3] == b"]\x00\x00":
            return lzma.decompress(data)
        if data[0] == 0x78 and data[1] in (0x01, 0x5E, 0x9C, 0xDA):
            return zlib.decompress(data)
        if data[:2] == b"ZF":
            return old_joblib(data)
        if data[:4] == b"\x04\x22\x4d\x18":
            import lz4.frame

            return lz4.frame.decompress(data)
        if data[:4] == b"\x28\xb5\x2f\xfd":
            import zstandard

            return zstandard.ZstdDecompressor().decompressobj().decompress(data)
    except Exception:
        return None
    return None


def old_joblib(data: bytes) -> bytes:
    """joblib before 0.10: "ZF", the length as blank-padded hexadecimal text, then zlib."""
    for start in range(2, 40):
        if data[start] == 0x78:
            try:
                return zlib.decompress(data[start:])
            except zlib.error:
                continue
    raise ValueError("no zlib stream")
