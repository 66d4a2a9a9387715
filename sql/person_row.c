/*
 * person_row.c - rows of `people` and of what hangs on them
 */
#include <stdlib.h>

#include "person_row.h"
#include "row_time.h"
#include "text.h"
#include "xalloc.h"

void person_row_finish(struct person_row *row)
{
    free(row->external_id);
    free(row->name);
    free(row->email);
    free(row->details);
    free(row->created);
    free(row->updated);
    *row = (struct person_row){0};
}

int person_row_read(void *owner, const struct row *row)
{
    struct person_row *person = owner;

    text_copy(person->id, sizeof person->id, row_text(row, 0));
    person->external_id = xstrdup(row_text(row, 1));
    person->name = xstrdup(row_text(row, 2));
    person->email = xstrdup(row_text(row, 3));
    person->details = xstrdup(row_text(row, 4));
    person->created = row_time(row, 5);
    person->updated = row_time(row, 6);
    person->face_count = row_integer(row, 7);
    return 0;
}

void person_rows_finish(struct person_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        person_row_finish(&rows->rows[i]);
    free(rows->rows);
    *rows = (struct person_rows){0};
}

int person_rows_read(void *owner, const struct row *row)
{
    struct person_rows *rows = owner;

    rows->rows = xrealloc(rows->rows, (rows->count + 1) * sizeof *rows->rows);
    rows->rows[rows->count] = (struct person_row){0};
    return person_row_read(&rows->rows[rows->count++], row);
}

void face_rows_finish(struct face_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        free(rows->rows[i].created);
    free(rows->rows);
    *rows = (struct face_rows){0};
}

int face_rows_read(void *owner, const struct row *row)
{
    struct face_rows *rows = owner;
    struct face_row *face;

    rows->rows = xrealloc(rows->rows, (rows->count + 1) * sizeof *rows->rows);
    face = &rows->rows[rows->count++];
    text_copy(face->id, sizeof face->id, row_text(row, 0));
    text_copy(face->job, sizeof face->job, row_text(row, 1));
    face->left = row_real(row, 2);
    face->top = row_real(row, 3);
    face->width = row_real(row, 4);
    face->height = row_real(row, 5);
    face->confidence = row_real(row, 6);
    face->created = row_time(row, 7);
    return 0;
}

void sighting_rows_finish(struct sighting_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        free(rows->rows[i].seen);
    free(rows->rows);
    *rows = (struct sighting_rows){0};
}

int sighting_rows_read(void *owner, const struct row *row)
{
    struct sighting_rows *rows = owner;
    struct sighting_row *sighting;

    rows->rows = xrealloc(rows->rows, (rows->count + 1) * sizeof *rows->rows);
    sighting = &rows->rows[rows->count++];
    text_copy(sighting->job, sizeof sighting->job, row_text(row, 0));
    sighting->similarity = row_real(row, 1);
    sighting->seen = row_time(row, 2);
    return 0;
}
