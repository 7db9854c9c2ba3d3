"""What schemathesis needs to know beyond the schema.

Check digits, area codes, the tenants there are and the texts that a tenant has its customers confirm cannot be said in
a schema. Values that fit the schema are replaced here by ones that fit the world too, so that what is refused is
refused for the reason under test; values that break the schema are left alone.
"""

import random
import re
import uuid

import schemathesis
from hypothesis import strategies as st

DOCUMENTS = [
    "529.982.247-25", "111.444.777-35", "390.533.447-05", "123.456.789-09", "987.654.321-00", "16899535009",
    "453.178.287-91", "714.602.380-01", "12.ABC.345/01DE-35", "11.222.333/0001-81", "a1b2c3d4000193",
]
PHONES = ["(11) 98765-4321", "555481234567", "+5541991230001", "(11) 3333-4444", "071 97777-6666", "5521998765432"]
TEXTS = [
    "Li e aceito os termos do contrato de prestação de serviço.",
    "Estou ciente do prazo de permanência e das condições do plano.",
]
TENANT = "demo-ixc"

schemathesis.openapi.format("br-document", st.sampled_from(DOCUMENTS))
schemathesis.openapi.format("br-phone", st.sampled_from(PHONES))

DOCUMENT = re.compile(r"[0-9A-Za-z./ -]{11,24}")
PHONE = re.compile(r"[0-9+() -]{10,24}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,185}\.[^@\s.]{2,63}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
TENANT_NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")
SHA256 = re.compile(r"[0-9a-f]{64}")
KEY = re.compile(r"[!#-\[\]-~]{8,128}")


def fits(pattern, value):
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def texts(value):
    return isinstance(value, list) and 1 <= len(value) <= 10 and all(
        isinstance(text, str) and 1 <= len(text) <= 2000 for text in value
    )


def mended(operation, body):
    body = dict(body)
    if fits(DOCUMENT, body.get("document")):
        body["document"] = random.choice(DOCUMENTS)
    if fits(PHONE, body.get("phone")):
        body["phone"] = random.choice(PHONES)
    if isinstance(body.get("phones"), list):
        body["phones"] = [random.choice(PHONES) if fits(PHONE, phone) else phone for phone in body["phones"]]
    if fits(EMAIL, body.get("email")) and len(body["email"]) <= 254:
        body["email"] = random.choice(["ana@example.com", "Nobody.At-All@example.org"])
    if operation == "acceptContract":
        if texts(body.get("texts_confirmed")):
            body["texts_confirmed"] = TEXTS
        if fits(SHA256, body.get("document_sha256")):
            del body["document_sha256"]  # The hash of the PDF last fetched is taken instead.
    if operation == "rateTicket" and body.get("stars") in (1, 2, 3, 4) and "comment" not in body:
        body["comment"] = "Demorou, mas resolveu."
    if operation == "putContact" and isinstance(body.get("customer_type"), str) and body["customer_type"].strip():
        body["customer_type"] = body["customer_type"] if len(body["customer_type"]) > 120 else "Cliente"
    if operation in ("createKey", "changeKey"):
        if fits(INSTANT, body.get("expires_at")):
            body["expires_at"] = "2031-01-01T00:00:00Z"
        names = body.get("tenants")
        if isinstance(names, list) and names and all(fits(TENANT_NAME, name) for name in names):
            body["tenants"] = [TENANT]
    return body


@schemathesis.hook
def before_call(context, case, kwargs):
    headers = case.headers
    if headers and fits(KEY, headers.get("Idempotency-Key")):
        headers["Idempotency-Key"] = str(uuid.uuid4())  # An intent of its own each time.
    operation = case.operation.definition.raw.get("operationId")
    if isinstance(case.body, dict):
        case.body = mended(operation, case.body)
    # The demo's own tenant must outlive the run; another stands in for it.
    if operation in ("changeTenant", "removeTenant") and (case.path_parameters or {}).get("tenant") == TENANT:
        case.path_parameters["tenant"] = "novo-provedor"
