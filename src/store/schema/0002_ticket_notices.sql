-- A vendor's id of a customer may hold a document: what is kept about tickets finds its customer by a mark, and holds the
-- id sealed. Ratings from before have it in the clear in `customer`, which is empty from now on.
ALTER TABLE ratings ADD COLUMN mark BLOB;
ALTER TABLE ratings ADD COLUMN owner BLOB;           -- sealed
CREATE INDEX ratings_by_mark ON ratings (tenant, mark);

-- Which notices a customer wants about a ticket that was opened here: no vendor has a place for all of them.
CREATE TABLE ticket_notices (
    tenant   INTEGER NOT NULL REFERENCES tenants ON DELETE CASCADE,
    ticket   TEXT NOT NULL,
    mark     BLOB NOT NULL,                          -- mark of the customer's vendor id
    notices  TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (tenant, ticket)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_notices_by_customer ON ticket_notices (tenant, mark);
