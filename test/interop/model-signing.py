"""Signs a model by the library of model-signing in ways that its program does not offer.

usage: model-signing.py MODEL KEY SIGNATURE files|shards sha256|blake2|blake3
"""

import sys

from model_signing import hashing, signing

model, key, signature, method, algorithm = sys.argv[1:]
config = hashing.Config()
if method == "shards":
    config = config.use_shard_serialization(hashing_algorithm=algorithm, shard_size=10)
else:
    config = config.use_file_serialization(hashing_algorithm=algorithm)
signer = signing.Config().use_elliptic_key_signer(private_key=key)
signer.set_hashing_config(config).sign(model, signature)
