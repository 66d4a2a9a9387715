#pragma once

#include <stddef.h>

#include "basics.h"
#include "buffer.h"
#include "sigv4.h"

/*
 * The canonical request of Signature Version 4: the one text that a request is
 * for both sides, however it was written on the wire.  For the files of sigv4
 * alone.
 */
struct canonical {
    const char *method;
    const char *path;    /* as on the wire */
    const char *query;   /* as on the wire; NULL: none */
    const char *without; /* the parameter that is left out; NULL: none */
    const struct sigv4_header *headers; /* those that are signed, as sent */
    size_t header_count;
    const char *names; /* of these headers, as canonical_names writes them */
    const char *payload_hash;
    int options; /* of enum sigv4_options, those about the path */
};

/* Adds the canonical request. */
void canonical_write(const struct canonical *canonical, struct buffer *out);

/* Adds the headers' names: in lower case, sorted, each once, joined by ";". */
void canonical_names(const struct sigv4_header *headers, size_t count,
                     struct buffer *out);
