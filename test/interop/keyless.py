"""Verifies bundles with sigstore (PyPI), offline, against the trust of a private instance.

usage: keyless.py TRUST_CONFIG IDENTITY ISSUER BUNDLE...

Prints a JSON list: for each bundle the SHA-256 of the payload that was verified, or why there is none.
"""

import hashlib
import json
import pathlib
import sys

from sigstore.errors import VerificationError
from sigstore.models import Bundle, ClientTrustConfig
from sigstore.verify import Verifier, policy


def outcome(verifier, path, expected):
    try:
        bundle = Bundle.from_json(pathlib.Path(path).read_bytes())
        _type, payload = verifier.verify_dsse(bundle, expected)
        return {"payload": hashlib.sha256(payload).hexdigest()}
    except VerificationError as error:
        return {"error": str(error)}


def main():
    config, identity, issuer, *bundles = sys.argv[1:]
    trust = ClientTrustConfig.from_json(pathlib.Path(config).read_text())
    verifier = Verifier(trusted_root=trust.trusted_root)
    expected = policy.Identity(identity=identity, issuer=issuer)
    print(json.dumps([outcome(verifier, path, expected) for path in bundles]))


main()
