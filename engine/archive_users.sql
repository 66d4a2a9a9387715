-- Version 2: users, and the answers to what was asked for with a token.

-- A user's vector is the mean of its faces' vectors, of length 1.
CREATE TABLE users (
    number INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    key TEXT NOT NULL, -- a UUID made from the id: see user_key.h
    id TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    vector BLOB, -- NULL: it has no faces
    UNIQUE (collection, key)
);

-- A face that belongs to a user cannot be removed alone.
ALTER TABLE faces ADD COLUMN user INTEGER REFERENCES users;
CREATE INDEX faces_by_user ON faces (user, id) WHERE user IS NOT NULL;

CREATE TABLE answers (
    operation TEXT NOT NULL,
    token TEXT NOT NULL, -- the client's
    collection INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    input_hash BLOB NOT NULL, -- SHA-256 of what was asked
    answer TEXT NOT NULL,     -- a JSON object
    made_ms INTEGER NOT NULL,
    PRIMARY KEY (operation, token)
) WITHOUT ROWID;
CREATE INDEX answers_by_age ON answers (made_ms);
CREATE INDEX answers_by_collection ON answers (collection);
