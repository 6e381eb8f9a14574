"""
Reads claims of ours as in-toto's own packages do: DSSE with securesystemslib, statements and predicates with
in-toto-attestation, whose parser refuses fields that the published messages do not have. Prints a line a claim.
"""

import base64
import json
import sys

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.predicates.scai.v0 import scai_pb2
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

# Its message for verification summaries has one level where SLSA 1.0 has a list, so those are read as statements alone.
MESSAGES = {
    "https://slsa.dev/provenance/v1": provenance_pb2.Provenance,
    "https://in-toto.io/attestation/scai/v0.3": scai_pb2.AttributeReport,
    "https://in-toto.io/attestation/test-result/v0.1": test_result_pb2.TestResult,
}


def check(line: str, key: SSlibKey) -> str:
    envelope = json.loads(line)["dsseEnvelope"]
    for signature in envelope["signatures"]:
        # Names of keys are this verifier's own; ours has none.
        signature["keyid"] = key.keyid
    parsed = Envelope.from_dict(envelope)
    parsed.verify([key], 1)
    payload = json.loads(base64.b64decode(envelope["payload"]))
    message = json_format.ParseDict(payload, statement_pb2.Statement())
    Statement.copy_from_pb(message).validate()
    kind = payload["predicateType"]
    if kind in MESSAGES:
        json_format.ParseDict(payload["predicate"], MESSAGES[kind]())
        return f"read {kind}"
    return f"statement {kind}"


def main() -> None:
    claims, public_key = sys.argv[1:]
    with open(public_key, "rb") as file:
        key = SSlibKey.from_crypto(load_pem_public_key(file.read()))
    with open(claims, encoding="utf-8") as file:
        for line in file:
            print(check(line, key))


main()
