"""What schemathesis needs to know beyond the schema: check digits, area codes, and which acts would end the run."""

import random

import schemathesis
from hypothesis import strategies as st

CPFS = [
    "529.982.247-25", "111.444.777-35", "390.533.447-05", "123.456.789-09", "987.654.321-00", "168.995.350-09",
    "453.178.287-91", "71460238001",
]
CNPJS = ["12.ABC.345/01DE-35", "11.222.333/0001-81", "a1b2c3d4000193"]
PHONES = ["(11) 98765-4321", "555481234567", "+5541991230001", "(11) 3333-4444", "071 97777-6666", "5521998765432"]

# Check digits and area codes cannot be said in a schema, so these formats bring their own values.
schemathesis.openapi.format("br-document", st.sampled_from(CPFS + CNPJS))
schemathesis.openapi.format("br-phone", st.sampled_from(PHONES))
