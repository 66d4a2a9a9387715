#pragma once

#include <stdint.h>

#include "database.h"
#include "uuid.h"

/* A row of `people`.  Texts are the row's own; times are RFC 3339. */
struct person_row {
    char id[UUID_BYTES];
    char *external_id; /* NULL: none */
    char *name;
    char *email;   /* NULL: none */
    char *details; /* JSON; NULL: none */
    char *created;
    char *updated;
    int64_t face_count;
};
void person_row_finish(struct person_row *row);

/* The columns that person_row_read wants, of a table called p. */
#define PERSON_COLUMNS                                                         \
    "p.id, p.external_id, p.name, p.email, p.details, p.created, p.updated, "  \
    "(SELECT COUNT(*) FROM faces f WHERE f.person = p.id)"
int person_row_read(void *owner, const struct row *row);

struct person_rows {
    struct person_row *rows;
    size_t count;
};
void person_rows_finish(struct person_rows *rows);
int person_rows_read(void *owner, const struct row *row);

/* A row of `faces`. */
struct face_row {
    char id[UUID_BYTES];
    char job[UUID_BYTES];
    double left, top, width, height;
    double confidence;
    char *created;
};

struct face_rows {
    struct face_row *rows;
    size_t count;
};
void face_rows_finish(struct face_rows *rows);

/* The columns that face_rows_read wants. */
#define FACE_COLUMNS                                                           \
    "id, job, box_left, box_top, box_width, box_height, confidence, created"
int face_rows_read(void *owner, const struct row *row);

/* In which search somebody was found. */
struct sighting_row {
    char job[UUID_BYTES];
    double similarity;
    char *seen;
};

struct sighting_rows {
    struct sighting_row *rows;
    size_t count;
};
void sighting_rows_finish(struct sighting_rows *rows);

/* Reads job, similarity, seen. */
int sighting_rows_read(void *owner, const struct row *row);
