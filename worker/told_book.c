/*
 * told_book.c - the ends that are in the log
 *
 * Two pages: one is filled while the other is written.
 */
#include <stdlib.h>

#include "errors.h"
#include "jobs.h"
#include "log.h"
#include "text.h"
#include "told_book.h"
#include "xalloc.h"

enum { TOLD_MAX = 64 }; /* ids that are written at once */

struct told_book {
    struct database *database;
    void (*on_rest)(void *owner);
    void *owner;
    char (*told)[UUID_BYTES]; /* not written yet */
    size_t count;
    struct jobs_told telling;
    bool is_telling;
    bool is_hurried;
};

struct told_book *told_book_create(struct database *database,
                                   void (*on_rest)(void *owner), void *owner)
{
    struct told_book *book = xcalloc(1, sizeof *book);

    book->database = database;
    book->on_rest = on_rest;
    book->owner = owner;
    book->told = xcalloc(TOLD_MAX, UUID_BYTES);
    return book;
}

void told_book_destroy(struct told_book *book)
{
    if (!book)
        return;
    free(book->told);
    free(book);
}

static void on_written(void *owner, int error)
{
    struct told_book *book = owner;

    if (error)
        log_info("database: ends were not marked as told: %s",
                 error_name(error));
    free((void *)book->telling.ids);
    book->is_telling = false;
    book->on_rest(book->owner);
}

void told_book_write(struct told_book *book)
{
    if (book->is_telling || book->count == 0)
        return;
    book->telling = (struct jobs_told){
        .ids = (const char(*)[UUID_BYTES])book->told, .count = book->count};
    book->told = xcalloc(TOLD_MAX, UUID_BYTES);
    book->count = 0;
    book->is_telling = true;
    if (jobs_told(book->database, &book->telling, on_written, book) != PENDING)
        on_written(book, E_BUSY);
}

void told_book_add(struct told_book *book, const char *id)
{
    if (book->count == TOLD_MAX)
        return; /* the sweeper comes across it */
    text_copy(book->told[book->count++], UUID_BYTES, id);
    if (book->count == TOLD_MAX || book->is_hurried)
        told_book_write(book);
}

void told_book_hurry(struct told_book *book)
{
    book->is_hurried = true;
    told_book_write(book);
}

bool told_book_is_busy(const struct told_book *book)
{
    return book->is_telling || book->count > 0;
}
