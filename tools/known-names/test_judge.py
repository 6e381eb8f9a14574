"""Hostile uses of listed names, which the tables must refuse, beside the harmless use of the same name.

    python3 test_judge.py ASSETS

Streams are assembled opcode by opcode and only ever walked, never loaded.
"""

from __future__ import annotations

import io
import pathlib
import pickle
import sys
import unittest

from judge import problems_of
from pickle_walk import walk_stream
from tables import Tables

ASSETS = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else "../../assets")
TABLES = Tables(ASSETS)


class Name:
    """A global."""

    def __init__(self, module: str, name: str):
        self.bytes = f"c{module}\n{name}\n".encode()


class Call:
    """A REDUCE, or NEWOBJ with `new`; `state` adds a BUILD, `items` a SETITEMS."""

    def __init__(self, target, *arguments, state=None, new=False, items=()):
        self.bytes = write(target) + write(tuple(arguments)) + (b"\x81" if new else b"R")
        if items:
            self.bytes += b"(" + b"".join(write(k) + write(v) for k, v in items) + b"u"
        if state is not None:
            self.bytes += write(state) + b"b"


def write(value) -> bytes:
    if isinstance(value, (Name, Call)):
        return value.bytes
    if isinstance(value, tuple):
        return b"(" + b"".join(map(write, value)) + b"t"
    if isinstance(value, list):
        return b"(" + b"".join(map(write, value)) + b"l"
    if isinstance(value, dict):
        return b"(" + b"".join(write(k) + write(v) for k, v in value.items()) + b"d"
    return pickle.dumps(value, 3)[2:-1].split(b"q\x00")[0]


def judged(value) -> list[str]:
    stream = walk_stream(io.BytesIO(b"\x80\x03" + write(value) + b"."))
    return problems_of(stream, TABLES)


SYSTEM = Name("os", "system")
TEMPLATE = (
    "\ndef _parse_args(self, %s loc=0, scale=1):\n    return (%s), loc, scale\n"
    "\ndef _parse_args_rvs(self, %s loc=0, scale=1, size=None):\n"
    "    return self._argcheck_rvs(%s loc, scale, size=size)\n"
    "\ndef _parse_args_stats(self, %s loc=0, scale=1, moments='mv'):\n"
    "    return (%s), loc, scale, moments\n"
)
GAMMA = Name("scipy.stats._continuous_distns", "gamma_gen")
BUILTIN = "builtins"
NDARRAY = Name("numpy", "ndarray")
MEMMAP = Name("numpy", "memmap")

HARMLESS = {
    "distribution": Call(GAMMA, new=True, state={"_parse_arg_template": TEMPLATE % (("a,",) * 6)}),
    "bytes of protocol 2": Call(Name("_codecs", "encode"), "abc", "latin1"),
    "member by name": Call(Name(BUILTIN, "getattr"), Name("transformers.trainer_utils", "IntervalStrategy"), "STEPS"),
    "old object": Call(Name("copyreg", "_reconstructor"), Name("sklearn.pipeline", "Pipeline"), Name(BUILTIN, "object"), None, state={"steps": []}),
    "partial": Call(Name("functools", "partial"), Name("torch.nn.modules.normalization", "LayerNorm")),
    "default": Call(Name("collections", "defaultdict"), Name(BUILTIN, "list"), items=[("a", [1])]),
    "generator": Call(Name("numpy.random._pickle", "__randomstate_ctor"), "MT19937", Name("numpy.random._pickle", "__bit_generator_ctor")),
    "ufunc": Call(Name("numpy.core", "_ufunc_reconstruct"), "numpy.core.umath", "log1p"),
    "index": Call(Name("pandas.core.indexes.base", "_new_Index"), Name("pandas.core.indexes.base", "Index"), {"name": None}),
    "booster": Call(Name("xgboost.core", "Booster"), new=True, state={"handle": None}),
    "old array": Call(Name("joblib.numpy_pickle", "NDArrayWrapper"), new=True, state={"filename": "m.pkl_01.npy", "subclass": NDARRAY}),
    "subclass": Call(Name("torch._tensor", "_rebuild_from_type_v2"), Name("torch._utils", "_rebuild_tensor_v2"), Name("torch", "Tensor"), (), {}),
}

HOSTILE = {
    "a distribution that runs text": Call(GAMMA, new=True, state={"_parse_arg_template": "import os"}),
    "a distribution with a changed template": Call(GAMMA, new=True, state={"_parse_arg_template": TEMPLATE % (("a=print(),",) * 6)}),
    "a distribution by pairs": Call(GAMMA, new=True, state=(("_parse_arg_template", "import os"), ("a", 1))),
    "a distribution by a dictionary of two keys": Call(GAMMA, new=True, state=({"_parse_arg_template": 1, "import os": 2}, None)),
    "a distribution whose second part is text": Call(GAMMA, new=True, state=({"a": 1}, "xy")),
    "another codec": Call(Name("_codecs", "encode"), "flfgrz", "rot13"),
    "getattr of a module's function": Call(Name(BUILTIN, "getattr"), Name("os", "path"), "join"),
    "getattr of a class": Call(Name(BUILTIN, "getattr"), Name("sklearn.pipeline", "Pipeline"), "fit"),
    "an attribute of an enumeration's inside": Call(Name(BUILTIN, "getattr"), Name("transformers.trainer_utils", "IntervalStrategy"), "__class__"),
    "partial of a command": Call(Name("functools", "partial"), SYSTEM),
    "partial changed by its state": Call(Name("functools", "partial"), Name(BUILTIN, "len"), state=(SYSTEM, ("id",), {}, None)),
    "a called partial": Call(Call(Name("functools", "partial"), Name(BUILTIN, "getattr"), SYSTEM), "x"),
    "a default that is a command": Call(Name("collections", "defaultdict"), SYSTEM),
    "a class made on the fly": Call(Name(BUILTIN, "type"), "X", (), {}),
    "a constructor that calls": Call(Name("numpy.random._pickle", "__generator_ctor"), "id", SYSTEM),
    "a bit generator of another class": Call(Name("numpy.random._pickle", "__bit_generator_ctor"), Name("sklearn.pipeline", "Pipeline")),
    "a tensor made by another function": Call(Name("torch._tensor", "_rebuild_from_type_v2"), SYSTEM, Name("torch", "Tensor"), ("id",), {}),
    "an import by a ufunc's name": Call(Name("numpy.core", "_ufunc_reconstruct"), "os", "system"),
    "an import of a numpy function": Call(Name("numpy.core", "_ufunc_reconstruct"), "numpy", "load"),
    "an index that is a file": Call(Name("pandas.core.indexes.base", "_new_Index"), MEMMAP, {"filename": "x", "mode": "w+", "shape": 1}),
    "an array that is a file": Call(MEMMAP, "x", new=True),
    "an array that is a file, by name": Call(Name("copyreg", "__newobj__"), MEMMAP, "x"),
    "a tree of another class": Call(Name("sklearn.neighbors._kd_tree", "newObj"), MEMMAP),
    "a layout by another name": Call(Name("torch.serialization", "_get_layout"), "os.system"),
    "a booster at an address": Call(Name("xgboost.core", "Booster"), new=True, state={"handle": 4096}),
    "a boosted model at an address": Call(Name("lightgbm.basic", "Booster"), new=True, state={"_handle": 4096}),
    "an array outside the folder": Call(Name("joblib.numpy_pickle", "NDArrayWrapper"), new=True, state={"filename": "../m.npy"}),
    "an inner attribute": Call(Name("operator", "attrgetter"), "__globals__"),
    "a method that is not text's": Call(Name("operator", "methodcaller"), "system", "id"),
    "a list made by iterating": Call(Name(BUILTIN, "list"), Call(Name(BUILTIN, "map"), SYSTEM, ["id"])),
    "an iterator that calls": Call(Name(BUILTIN, "iter"), SYSTEM, 1),
    "an attribute of the class": Call(Name("sklearn.pipeline", "Pipeline"), new=True, state={"__class__": SYSTEM}),
    "a Keras model": Call(Call(Name(BUILTIN, "getattr"), Name("keras.src.models.sequential", "Sequential"), "_unpickle_model"), b""),
    "a JAX array made by another function": Call(Name("jax._src.array", "_reconstruct_array"), SYSTEM, ("id",), (), {}),
    "an estimator that is called": Call(Name("sklearn.pipeline", "Pipeline"), []),
    "a graph of another backend": Call(Name("networkx.classes.graph", "Graph"), "x", new=True),
}


class Judged(unittest.TestCase):
    def test_harmless(self):
        for title, value in HARMLESS.items():
            with self.subTest(title):
                self.assertEqual(judged(value), [])

    def test_hostile(self):
        for title, value in HOSTILE.items():
            with self.subTest(title):
                self.assertNotEqual(judged(value), [])


if __name__ == "__main__":
    unittest.main()
