"""Reads GGUF files with ggml's own reader, from the library that packages such as pywhispercpp and llama-cpp-python bring.

python3 ggml-gguf.py find: ends with 0 when there is such a library.
python3 ggml-gguf.py read FILE...: what the reader sees in each, as a line of JSON; null where it refuses, and
"crash" where it ends the process. Tensors are not loaded, so that sizes need not be there.
"""

import ctypes
import glob
import json
import os
import site
import sys

PLACES = ("libggml-base.so*", "llama_cpp/lib/libggml-base.so*")


def find():
    for folder in [*site.getsitepackages(), site.getusersitepackages()]:
        for place in PLACES:
            for path in sorted(glob.glob(os.path.join(folder, place))):
                return path
    return None


class Parameters(ctypes.Structure):
    _fields_ = [("no_alloc", ctypes.c_bool), ("ctx", ctypes.POINTER(ctypes.c_void_p))]


FUNCTIONS = {
    "gguf_init_from_file": (ctypes.c_void_p, [ctypes.c_char_p, Parameters]),
    "gguf_get_n_kv": (ctypes.c_int64, [ctypes.c_void_p]),
    "gguf_get_key": (ctypes.c_char_p, [ctypes.c_void_p, ctypes.c_int64]),
    "gguf_get_n_tensors": (ctypes.c_int64, [ctypes.c_void_p]),
    "gguf_get_tensor_name": (ctypes.c_char_p, [ctypes.c_void_p, ctypes.c_int64]),
    "gguf_get_tensor_offset": (ctypes.c_size_t, [ctypes.c_void_p, ctypes.c_int64]),
    "gguf_get_tensor_size": (ctypes.c_size_t, [ctypes.c_void_p, ctypes.c_int64]),
    "gguf_get_data_offset": (ctypes.c_size_t, [ctypes.c_void_p]),
}


def load(path):
    library = ctypes.CDLL(path)
    for name, (result, arguments) in FUNCTIONS.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


def seen(library, path):
    context = ctypes.c_void_p()
    file = library.gguf_init_from_file(path.encode(), Parameters(True, ctypes.pointer(context)))
    if not file:
        return None
    start = library.gguf_get_data_offset(file)
    return {
        "keys": [
            library.gguf_get_key(file, i).decode("utf-8", "replace")
            for i in range(library.gguf_get_n_kv(file))
        ],
        "tensors": [
            [
                library.gguf_get_tensor_name(file, i).decode("utf-8", "replace"),
                start + library.gguf_get_tensor_offset(file, i),
                library.gguf_get_tensor_size(file, i),
            ]
            for i in range(library.gguf_get_n_tensors(file))
        ],
    }


def seen_apart(library, path):
    """In a process of its own, since the reader may end it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        os.write(writer, json.dumps(seen(library, path)).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        answer = stream.read().decode()
    os.waitpid(child, 0)
    return answer or '"crash"'


def main():
    path = find()
    if sys.argv[1] == "find":
        return 0 if path is not None and hasattr(os, "fork") else 1
    library = load(path)
    for file in sys.argv[2:]:
        print(seen_apart(library, file), flush=True)
    return 0


sys.exit(main())
