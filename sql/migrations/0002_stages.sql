-- Where a job was when, and the trace that it belongs to.

ALTER TABLE jobs
    -- server,begun,received,…: see proto/stages.h
    ADD COLUMN stages VARCHAR(512) CHARACTER SET ascii COLLATE ascii_bin NULL,
    -- the headers of W3C Trace Context as they came with the request
    ADD COLUMN traceparent CHAR(55) CHARACTER SET ascii COLLATE ascii_bin NULL,
    ADD COLUMN tracestate VARCHAR(512) CHARACTER SET ascii COLLATE ascii_bin NULL;
