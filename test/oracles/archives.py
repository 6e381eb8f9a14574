"""Reads archives with zipfile or tarfile, and writes some with them.

python3 archives.py zip < FRAMES: lists each archive as a line of JSON, null where the reader refuses it.
python3 archives.py tar < FRAMES: the same for tar files.
python3 archives.py write-zip, write-tar: archives in frames, written in every way the library knows.

A frame is a length of four bytes, little endian, and that many bytes.
"""

import hashlib
import io
import json
import struct
import sys
import tarfile
import zipfile

LONG = "folder/" * 30 + "file"
DATA = b"".join(bytes([i % 251]) * (i % 40) for i in range(3000))


def frames():
    stream = sys.stdin.buffer
    while head := stream.read(4):
        yield stream.read(struct.unpack("<I", head)[0])


def emit(data):
    sys.stdout.buffer.write(struct.pack("<I", len(data)) + data)


def list_zip(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        out = []
        for info in archive.infolist():
            try:
                digest = hashlib.sha256(archive.read(info)).hexdigest()
            except Exception:
                digest = None
            out.append([info.orig_filename, info.file_size, info.compress_type, digest])
        return out


def list_tar(data):
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        out = []
        for info in archive:
            member = archive.extractfile(info) if info.isreg() and not info.issparse() else None
            digest = hashlib.sha256(member.read()).hexdigest() if member else None
            name = info.name + "/" if info.isdir() else info.name
            out.append([name, info.size if info.isreg() else 0, info.linkname, digest])
        return out


class Unseekable(io.RawIOBase):
    def __init__(self):
        super().__init__()
        self.data = b""

    def writable(self):
        return True

    def write(self, data):
        self.data += bytes(data)
        return len(data)


def write_zip():
    methods = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
    for method in methods:
        for target in (io.BytesIO(), Unseekable()):
            with zipfile.ZipFile(target, "w", method) as archive:
                archive.comment = b"a comment"
                archive.writestr("a.txt", b"alpha")
                archive.writestr("folder/", b"")
                archive.writestr("gr\u00f6\u00dfe/\u6a21\u578b.bin", DATA)
                archive.writestr("empty", b"")
                with archive.open("large", "w", force_zip64=True) as member:
                    member.write(DATA)
            emit(target.getvalue() if isinstance(target, io.BytesIO) else target.data)
    prefixed = io.BytesIO(b"#!/usr/bin/env python3\n")
    prefixed.seek(0, 2)
    with zipfile.ZipFile(prefixed, "a") as archive:
        archive.writestr("__main__.py", b"pass")
    emit(prefixed.getvalue())


def write_tar():
    for kind in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        target = io.BytesIO()
        with tarfile.open(fileobj=target, mode="w", format=kind) as archive:
            long = LONG if kind != tarfile.USTAR_FORMAT else "p" * 150 + "/" + "n" * 99
            for name, data in (("a.txt", b"alpha"), (long, DATA), ("gr\u00f6\u00dfe", b""), ("big", DATA * 2)):
                info = tarfile.TarInfo(name)
                info.size = len(data)
                info.mtime = 1234567890.5 if kind == tarfile.PAX_FORMAT else 1234567890
                info.uname = "\u00fcser"
                archive.addfile(info, io.BytesIO(data))
            for name, type_, target_name in (
                ("l", tarfile.SYMTYPE, "a.txt"),
                ("h", tarfile.LNKTYPE, "a.txt"),
                ("ll", tarfile.SYMTYPE, LONG if kind != tarfile.USTAR_FORMAT else "x"),
                ("d", tarfile.DIRTYPE, ""),
                ("f", tarfile.FIFOTYPE, ""),
            ):
                info = tarfile.TarInfo(name)
                info.type = type_
                info.linkname = target_name
                archive.addfile(info)
        emit(target.getvalue())


def main():
    task = sys.argv[1]
    if task in ("zip", "tar"):
        for data in frames():
            try:
                out = list_zip(data) if task == "zip" else list_tar(data)
            except Exception:
                out = None
            print(json.dumps(out))
    elif task == "write-zip":
        write_zip()
    else:
        write_tar()


main()
