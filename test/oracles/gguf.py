"""Writes and reads GGUF files with the `gguf` package, which llama.cpp's project publishes.

python3 gguf.py write FOLDER: writes files in every way the package knows, and prints their names.
python3 gguf.py read FILE...: what the package's reader sees in each, as a line of JSON; null where it refuses.
python3 gguf.py types: block size and bytes of a block of every tensor type.
"""

import json
import os
import sys

import numpy
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, GGUFEndian, GGUFReader, GGUFWriter


def add_values(writer):
    writer.add_name("a model")
    writer.add_file_type(7)
    writer.add_quantization_version(2)
    for method in ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"):
        getattr(writer, f"add_{method}")(f"test.{method}", 100)
    writer.add_float32("test.float32", 1.5)
    writer.add_float64("test.float64", 2.5)
    writer.add_bool("test.bool", True)
    writer.add_string("test.string", "gr\u00fc\u00df dich " * 300)
    writer.add_array("test.numbers", [1, 2, 3])
    writer.add_array("test.floats", [1.5, 2.5])
    writer.add_array("test.nested", [[1, 2], [3]])
    writer.add_token_list([f"token {i}" for i in range(5000)])
    writer.add_token_scores([float(i) for i in range(5000)])
    writer.add_chat_template([
        {"name": "default", "template": "{{ messages }}"},
        {"name": "tool_use", "template": "{{ tools }}"},
    ])


def add_tensors(writer):
    for index in range(40):
        writer.add_tensor(f"blk.{index}.norm", numpy.full(index + 1, 1.5, dtype=numpy.float32))
    writer.add_tensor("half", numpy.full((3, 5), 2, dtype=numpy.float16))
    writer.add_tensor("whole", numpy.full((2, 3, 4), 3, dtype=numpy.int32))
    for kind in (GGMLQuantizationType.Q8_0, GGMLQuantizationType.Q4_K, GGMLQuantizationType.IQ1_M):
        block, size = GGML_QUANT_SIZES[kind]
        raw = numpy.full((3, 2 * size), 0x11, dtype=numpy.uint8)
        writer.add_tensor(kind.name.lower(), raw, raw_dtype=kind)


def write(folder):
    for order in (GGUFEndian.LITTLE, GGUFEndian.BIG):
        for alignment in (None, 256):
            for tensors in (True, False):
                name = f"{order.name}-{alignment}-{tensors}.gguf"
                writer = GGUFWriter(os.path.join(folder, name), "llama", endianess=order)
                if alignment is not None:
                    writer.add_custom_alignment(alignment)
                add_values(writer)
                if tensors:
                    add_tensors(writer)
                writer.write_header_to_file()
                writer.write_kv_data_to_file()
                writer.write_tensors_to_file()
                writer.close()
                print(name)


def seen(path):
    try:
        reader = GGUFReader(path)
    except Exception:
        return None
    return {
        # The reader lists the fields of the header as keys, too.
        "keys": [key for key in reader.fields if not key.startswith("GGUF.")],
        "tensors": [
            [t.name, t.tensor_type.name, [int(n) for n in t.shape], int(t.data_offset), int(t.n_bytes)]
            for t in reader.tensors
        ],
    }


def main():
    task, *rest = sys.argv[1:]
    if task == "write":
        write(rest[0])
    elif task == "read":
        for path in rest:
            print(json.dumps(seen(path)))
    else:
        sizes = {kind.name: [int(kind), *size] for kind, size in GGML_QUANT_SIZES.items()}
        print(json.dumps(sizes))


main()
