-- Columns marked "sealed" hold vault cells, columns marked "mark" keyed HMACs (vault.rs). Instants are microseconds
-- since 1970. Nothing else here is secret or about a person: vendor ids name rows in an ERP that is not in this file.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL                              -- sealed
) STRICT, WITHOUT ROWID;

-- Moves whenever tenants or keys change, so that another process sees that its tables in memory are old.
CREATE TABLE revision (
    only   INTEGER PRIMARY KEY CHECK (only = 1),
    number INTEGER NOT NULL
) STRICT;
INSERT INTO revision VALUES (1, 1);

-- Numbers are never used twice: handles and sealed rows of a removed tenant must not fit a later one.
CREATE TABLE tenants (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    slug        TEXT NOT NULL UNIQUE,
    vendor      TEXT NOT NULL,
    base_url    TEXT NOT NULL,
    credentials BLOB NOT NULL,                       -- sealed
    settings    TEXT NOT NULL CHECK (json_valid(settings)),
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE api_keys (
    id          TEXT PRIMARY KEY,
    hash        BLOB NOT NULL UNIQUE CHECK (length(hash) = 32), -- SHA-256 of 256 random bits
    name        TEXT NOT NULL,
    scopes      TEXT NOT NULL,                       -- words with a blank between them
    all_tenants INTEGER NOT NULL CHECK (all_tenants IN (0, 1)),
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER,
    revoked_at  INTEGER,
    last_used   INTEGER
) STRICT;

-- By number: a key of a removed tenant does not reach a later tenant of the same name.
CREATE TABLE api_key_tenants (
    key_id TEXT NOT NULL REFERENCES api_keys ON DELETE CASCADE,
    tenant INTEGER NOT NULL REFERENCES tenants ON DELETE CASCADE,
    PRIMARY KEY (key_id, tenant)
) STRICT, WITHOUT ROWID;
CREATE INDEX api_key_tenants_by_tenant ON api_key_tenants (tenant);

CREATE TRIGGER tenants_added AFTER INSERT ON tenants BEGIN UPDATE revision SET number = number + 1; END;
CREATE TRIGGER tenants_changed AFTER UPDATE ON tenants BEGIN UPDATE revision SET number = number + 1; END;
CREATE TRIGGER tenants_removed AFTER DELETE ON tenants BEGIN UPDATE revision SET number = number + 1; END;
CREATE TRIGGER api_keys_added AFTER INSERT ON api_keys BEGIN UPDATE revision SET number = number + 1; END;
CREATE TRIGGER api_keys_changed AFTER UPDATE OF name, scopes, all_tenants, expires_at, revoked_at ON api_keys
    BEGIN UPDATE revision SET number = number + 1; END;

-- Entry numbers are never used twice: the owner of an abandoned entry must not settle a later one.
CREATE TABLE journal (
    entry       INTEGER PRIMARY KEY AUTOINCREMENT,
    mark        BLOB NOT NULL UNIQUE CHECK (length(mark) = 32), -- mark of caller and idempotency key
    tenant      INTEGER NOT NULL REFERENCES tenants ON DELETE CASCADE,
    caller      TEXT NOT NULL,
    operation   TEXT NOT NULL,
    target      TEXT NOT NULL,
    fingerprint BLOB NOT NULL,                       -- sealed: a hash of a body that may hold a password
    phase       TEXT NOT NULL CHECK (phase IN ('begun', 'sent', 'done')),
    run         TEXT NOT NULL,
    claim       INTEGER NOT NULL,
    begun_at    INTEGER NOT NULL,
    claimed_at  INTEGER NOT NULL,
    sent_at     INTEGER,
    done_at     INTEGER,
    status      INTEGER,
    context     BLOB NOT NULL,                       -- sealed
    answer      BLOB,                                -- sealed
    CHECK ((phase = 'done') = (done_at IS NOT NULL AND status IS NOT NULL AND answer IS NOT NULL)),
    CHECK (phase <> 'sent' OR sent_at IS NOT NULL)
) STRICT;
CREATE INDEX journal_by_tenant ON journal (tenant);
CREATE INDEX journal_unsettled ON journal (begun_at) WHERE phase <> 'done';
CREATE INDEX journal_settled ON journal (done_at) WHERE phase = 'done';

CREATE TABLE contacts (
    tenant     INTEGER NOT NULL REFERENCES tenants ON DELETE CASCADE,
    id         TEXT NOT NULL,
    origin     TEXT NOT NULL CHECK (origin IN ('lead', 'linked', 'platform')),
    record     BLOB NOT NULL,                        -- sealed
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (tenant, id)
) STRICT;
CREATE INDEX contacts_by_expiry ON contacts (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE contact_marks (
    mark    BLOB NOT NULL,                           -- mark of a document, phone, e-mail address or customer id
    tenant  INTEGER NOT NULL,
    contact TEXT NOT NULL,
    PRIMARY KEY (mark, tenant, contact),
    FOREIGN KEY (tenant, contact) REFERENCES contacts (tenant, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_marks_by_contact ON contact_marks (tenant, contact);

-- Ticket and customer are null once the contact behind them is erased; the stars stay for statistics.
CREATE TABLE ratings (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant   INTEGER NOT NULL REFERENCES tenants ON DELETE CASCADE,
    ticket   TEXT,
    customer TEXT,
    stars    INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
    comment  BLOB,                                   -- sealed
    at       INTEGER NOT NULL,
    UNIQUE (tenant, ticket),
    CHECK (customer IS NOT NULL OR (ticket IS NULL AND comment IS NULL))
) STRICT;
CREATE INDEX ratings_by_customer ON ratings (tenant, customer);

CREATE TABLE shown_documents (
    tenant   INTEGER NOT NULL REFERENCES tenants ON DELETE CASCADE,
    contract TEXT NOT NULL,
    sha256   TEXT NOT NULL,
    shown_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, contract, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX shown_documents_by_age ON shown_documents (shown_at);

CREATE TABLE evidence (
    id          TEXT PRIMARY KEY,
    tenant      INTEGER NOT NULL REFERENCES tenants ON DELETE CASCADE,
    contract    TEXT NOT NULL,
    record      BLOB NOT NULL,                       -- sealed
    accepted_at INTEGER NOT NULL
) STRICT;
CREATE INDEX evidence_by_contract ON evidence (tenant, contract);
CREATE INDEX evidence_by_age ON evidence (accepted_at);
CREATE TRIGGER evidence_stays BEFORE UPDATE ON evidence BEGIN SELECT RAISE(ABORT, 'evidence is never changed'); END;

-- Outlives its tenant and its key. Target and subject are marks and may be forgotten; nothing else ever changes.
CREATE TABLE audit (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    request_id  TEXT NOT NULL,
    caller      TEXT,
    tenant      INTEGER,
    operation   TEXT NOT NULL,
    target_kind TEXT,
    target      BLOB,                                -- mark of the vendor's id
    subject     BLOB,                                -- mark of the customer's vendor id
    outcome     TEXT NOT NULL,
    status      INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_by_age ON audit (at);
CREATE INDEX audit_by_tenant ON audit (tenant, number);
CREATE INDEX audit_by_target ON audit (target) WHERE target IS NOT NULL;
CREATE INDEX audit_by_subject ON audit (subject) WHERE subject IS NOT NULL;
CREATE TRIGGER audit_stays
    BEFORE UPDATE OF number, at, request_id, caller, tenant, operation, target_kind, outcome, status ON audit
    BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
CREATE TRIGGER audit_marks_are_only_forgotten
    BEFORE UPDATE OF target, subject ON audit
    WHEN (NEW.target IS NOT NULL AND NEW.target IS NOT OLD.target)
      OR (NEW.subject IS NOT NULL AND NEW.subject IS NOT OLD.subject)
    BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
