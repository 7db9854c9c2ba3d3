-- Which notices a customer wants about a ticket that was opened here: no vendor has a place for all of them.
CREATE TABLE ticket_notices (
    tenant   INTEGER NOT NULL REFERENCES tenants ON DELETE CASCADE,
    ticket   TEXT NOT NULL,
    customer TEXT NOT NULL,
    notices  TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (tenant, ticket)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_notices_by_customer ON ticket_notices (tenant, customer);
