"""Packs contents as 7z archives have them, and reads and writes archives with py7zr where that is installed.

python3 sevenzip.py pack: for each chain of methods a line of JSON: method ids, their properties, the packed bytes,
    all in hexadecimal. Needs nothing but the standard library.
python3 sevenzip.py has-py7zr: succeeds where py7zr can be imported.
python3 sevenzip.py write: archives that py7zr writes, a line of base64 each, with a name in front.
python3 sevenzip.py list < ARCHIVES: for each line of base64 what py7zr sees: names and SHA-256, null where it refuses.
"""

import base64
import bz2
import hashlib
import io
import json
import lzma
import sys

DATA = b"".join(bytes([i % 251]) * (i % 40) + b"\xe8\x00\x10\x00\x00" for i in range(3000))
LZMA1 = {"id": lzma.FILTER_LZMA1, "dict_size": 1 << 20, "lc": 3, "lp": 0, "pb": 2}
LZMA2 = {"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}
DELTA = {"id": lzma.FILTER_DELTA, "dist": 4}
X86 = {"id": lzma.FILTER_X86}


def raw(*filters):
    return lzma.compress(DATA, format=lzma.FORMAT_RAW, filters=list(filters))


def pack():
    chains = [
        (["030101"], ["5d00001000"], raw(LZMA1)),
        (["21"], ["10"], raw(LZMA2)),
        (["21", "03"], ["10", "03"], raw(DELTA, LZMA2)),
        (["21", "03030103"], ["10", None], raw(X86, LZMA2)),
        (["040202"], [None], bz2.compress(DATA)),
    ]
    for methods, properties, packed in chains:
        print(json.dumps([methods, properties, packed.hex()]))


def write():
    import py7zr

    chains = {
        "lzma": [{"id": py7zr.FILTER_LZMA}],
        "lzma2": [{"id": py7zr.FILTER_LZMA2}],
        "x86": [{"id": py7zr.FILTER_X86}, {"id": py7zr.FILTER_LZMA2}],
        "arm": [{"id": py7zr.FILTER_ARM}, {"id": py7zr.FILTER_LZMA2}],
        "delta": [{"id": py7zr.FILTER_DELTA}, {"id": py7zr.FILTER_LZMA2}],
        "bzip2": [{"id": py7zr.FILTER_BZIP2}],
        "deflate": [{"id": py7zr.FILTER_DEFLATE}],
        "zstd": [{"id": py7zr.FILTER_ZSTD}],
        "ppmd": [{"id": py7zr.FILTER_PPMD, "order": 6, "mem": 24}],
        "copy": [{"id": py7zr.FILTER_COPY}],
    }
    for name, filters in chains.items():
        out = io.BytesIO()
        with py7zr.SevenZipFile(out, "w", filters=filters) as archive:
            archive.writestr(DATA, "folder/data.bin")
            archive.writestr(b"", "empty.bin")
            archive.writestr(DATA[:1000], "more.bin")
        print(name, base64.b64encode(out.getvalue()).decode())


def seen(data):
    import py7zr

    factory = py7zr.io.BytesIOFactory(1 << 30)
    with py7zr.SevenZipFile(io.BytesIO(data), "r") as archive:
        archive.extractall(factory=factory)
    out = []
    for name, content in factory.products.items():
        content.seek(0)
        out.append([name, hashlib.sha256(content.read()).hexdigest()])
    return sorted(out)


def list_all():
    for line in sys.stdin:
        try:
            print(json.dumps(seen(base64.b64decode(line))))
        except Exception:
            print("null")


def has_py7zr():
    import py7zr  # noqa: F401


{"pack": pack, "write": write, "list": list_all, "has-py7zr": has_py7zr}[sys.argv[1]]()
