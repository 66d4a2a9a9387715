#pragma once

#include <stdint.h>

#include "basics.h"
#include "record.h"

/* The 128 bits of a UUID.  They sort as their texts do. */
struct id_bits {
    unsigned char bytes[16];
};

/* What is none of our UUIDs has some bits, too. */
struct id_bits id_bits_of(const char *id);
int id_bits_compare(const struct id_bits *one, const struct id_bits *other);

/*
 * A record as a gallery keeps it, a million times: the ids are bits, and the
 * texts lie in one piece of memory.
 */
struct packed_record {
    struct id_bits id;
    struct id_bits image_id;
    struct box box;
    double confidence;
    int64_t created_ms;
    char *texts; /* the external id, then the user's; NULL: it has neither */
};

/* Each gives a copy, which the finish of its kind frees. */
struct packed_record packed_record_from(const struct record *record) MUST_CHECK;
struct packed_record
packed_record_copy(const struct packed_record *packed) MUST_CHECK;
struct record packed_record_open(const struct packed_record *packed) MUST_CHECK;
void packed_record_finish(struct packed_record *packed);

/* NULL: it belongs to nobody. */
void packed_record_set_user(struct packed_record *packed, const char *user_id);
