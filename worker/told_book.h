#pragma once

#include "database.h"

/*
 * The ends of jobs that are in the log, until their rows say so as well.  They
 * are written many at a time, since nobody waits for it: a row that is not
 * marked is told once more, and the queue's gate stops it.
 */
struct told_book;

/* `on_rest` is called each time when what was written is done. */
struct told_book *told_book_create(struct database *database,
                                   void (*on_rest)(void *owner),
                                   void *owner) MUST_CHECK;

/* Nothing may be under way. */
void told_book_destroy(struct told_book *book);

/* Puts down a job whose last event is in the log. */
void told_book_add(struct told_book *book, const char *id);

/* Writes what has come together: called each second. */
void told_book_write(struct told_book *book);

/* From now on each is written at once. */
void told_book_hurry(struct told_book *book);

/* Whether something is not written yet. */
bool told_book_is_busy(const struct told_book *book);
