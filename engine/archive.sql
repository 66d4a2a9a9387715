-- What the engine keeps.  Times are milliseconds since 1970.

CREATE TABLE collections (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    arn TEXT NOT NULL,
    model_version TEXT NOT NULL, -- of the vectors; fixed when it is made
    tags TEXT NOT NULL,          -- a JSON object
    created_ms INTEGER NOT NULL
);

-- The second key makes indexing idempotent: one picture, sent again with the
-- same external id, has the same faces in the same order.
CREATE TABLE faces (
    number INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    id TEXT NOT NULL,
    image_id TEXT NOT NULL,
    image_hash BLOB NOT NULL,  -- SHA-256 of the file
    external_id TEXT NOT NULL, -- '': none was given
    ordinal INTEGER NOT NULL,  -- which of the picture's faces
    box_left REAL NOT NULL,
    box_top REAL NOT NULL,
    box_width REAL NOT NULL,
    box_height REAL NOT NULL,
    confidence REAL NOT NULL,
    created_ms INTEGER NOT NULL,
    vector BLOB NOT NULL,      -- floats, little-endian
    UNIQUE (collection, id),
    UNIQUE (collection, image_hash, external_id, ordinal)
);
