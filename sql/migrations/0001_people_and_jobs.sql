-- People, their faces, and the jobs that make them.
--
-- Runs on MariaDB 10.11 and MySQL 8.4.  Ids are UUIDv7 text, so rows lie in the
-- order in which they came.  Times are UTC, to the millisecond.  JSON is kept as
-- text: MySQL's own type would write it anew.

CREATE TABLE people (
    id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    collection VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- the person's key in somebody else's system
    external_id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
    name VARCHAR(200) NOT NULL,
    email VARCHAR(254) NULL,
    details TEXT NULL,
    created DATETIME(3) NOT NULL,
    updated DATETIME(3) NOT NULL,
    -- set when the erasing begins: from then on nobody is told of the person
    erasing DATETIME(3) NULL,
    PRIMARY KEY (id),
    UNIQUE KEY by_external_id (collection, external_id),
    KEY by_age (collection, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

-- The words of each name, and the key, for searching by their beginnings.
CREATE TABLE person_words (
    collection VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    word VARCHAR(64) NOT NULL,
    person CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    PRIMARY KEY (collection, word, person),
    KEY by_person (person)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE faces (
    -- the recognition service's FaceId
    id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    collection VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    person CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- the job that made it, whose image it was made from
    job CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    box_left DOUBLE NOT NULL,
    box_top DOUBLE NOT NULL,
    box_width DOUBLE NOT NULL,
    box_height DOUBLE NOT NULL,
    confidence DOUBLE NOT NULL,
    -- the higher, the better it shows the person
    quality DOUBLE NOT NULL,
    created DATETIME(3) NOT NULL,
    PRIMARY KEY (id),
    KEY by_person (person, quality)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE jobs (
    id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    collection VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    account VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    priority TINYINT NOT NULL,
    status VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- the fence: raised each time the job is taken; a result is taken only from
    -- the attempt that stands here
    attempt INT NOT NULL DEFAULT 0,
    -- attempts that failed, and those that ended their worker
    failures INT NOT NULL DEFAULT 0,
    crashes INT NOT NULL DEFAULT 0,
    -- not to be taken before
    not_before DATETIME(3) NULL,
    person CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    -- [{"key","type","width","height"}, …]: the source, and the target
    images TEXT NOT NULL,
    options TEXT NOT NULL,
    -- what a job that sleeps has found so far
    progress MEDIUMTEXT NULL,
    result MEDIUMTEXT NULL,
    error TEXT NULL,
    created DATETIME(3) NOT NULL,
    started DATETIME(3) NULL,
    finished DATETIME(3) NULL,
    updated DATETIME(3) NOT NULL,
    -- whether its last event is known to be in the log
    told TINYINT NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    KEY by_kind (collection, kind, id),
    KEY by_status (collection, status, id),
    KEY by_person (person, id),
    KEY untold (told, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

-- In which searches a person was found.
CREATE TABLE sightings (
    person CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    job CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    similarity DOUBLE NOT NULL,
    seen DATETIME(3) NOT NULL,
    PRIMARY KEY (person, job),
    KEY by_job (job)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

-- What was answered to a request with an Idempotency-Key.
CREATE TABLE replies (
    account VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    request_key VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- SHA-256 of the request
    digest CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    status SMALLINT NOT NULL,
    location VARCHAR(255) NOT NULL,
    body MEDIUMTEXT NOT NULL,
    created DATETIME(3) NOT NULL,
    PRIMARY KEY (account, request_key),
    KEY by_age (created)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
