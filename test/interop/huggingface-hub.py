"""Asks a hub through huggingface_hub: what it lists, what it downloads, what it makes of the errors.

HF_ENDPOINT and HF_HOME say where; the argument is the token. One JSON document on the standard output.
"""

import hashlib
import json
import os
import sys

import huggingface_hub as hf

MODEL = "openai-community/gpt2"
token = sys.argv[1]
api = hf.HfApi(token=False)


def digests(folder):
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = hashlib.sha256(file.read()).hexdigest()
    return found


def error(repo, path="config.json", **options):
    try:
        hf.hf_hub_download(repo, path, **{"token": False, **options})
    except Exception as raised:
        return type(raised).__name__
    return None


def snapshot(repo, **options):
    return digests(hf.snapshot_download(repo, ignore_patterns="onnx/*", token=False, **options))


def shard_ends(path):
    with hf.HfFileSystem(token=False).open(path, "rb", block_size=64) as file:
        head = file.read(6)
        file.seek(file.size - 3)
        return [file.size, head.hex(), file.read().hex()]


refs = api.list_repo_refs(MODEL, include_pull_requests=True)
tree = api.list_repo_tree(MODEL, recursive=True)
json.dump(
    {
        "sha": api.model_info("gpt2").sha,
        "refs": {each.ref: each.target_commit for each in refs.branches + refs.tags + refs.pull_requests},
        "tree": [[entry.path, getattr(entry, "size", None)] for entry in tree],
        "paths": [entry.path for entry in api.get_paths_info(MODEL, ["onnx", "config.json", "no"])],
        "model": snapshot(MODEL),
        "pull request": snapshot(MODEL, revision="refs/pr/1"),
        "dataset": snapshot("org/texts", repo_type="dataset"),
        "shard": shard_ends(f"{MODEL}/onnx/deep/shard 1#.bin"),
        "errors": [
            error("org/gated"),
            error("org/gated", token=token),
            error("org/secret"),
            error("org/secret", token=token),
            error("org/absent", token=token),
            error(MODEL, revision="absent"),
            error(MODEL, "absent.bin"),
        ],
    },
    sys.stdout,
)
