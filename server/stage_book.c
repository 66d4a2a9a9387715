/*
 * stage_book.c - what this server knows of the stages of jobs
 *
 * Every server sees the log's every event, and most jobs are never asked for:
 * so their stages are kept as the text that came, and read when somebody wants
 * them.  The oldest give way.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "json.h"
#include "names.h"
#include "stage_book.h"
#include "stage_times.h"
#include "text.h"
#include "uuid.h"
#include "xalloc.h"

enum {
    KEPT = 2000,  /* jobs: less than a megabyte */
    SLOTS = 1024, /* of the table by which they are found */
};

struct page {
    struct page *next_of_slot;
    struct page *newer;
    char job[UUID_BYTES];
    char *text;           /* the stages, as they came */
    int64_t published_us; /* 0: not yet */
    int64_t delivered_us;
};

struct stage_book {
    char server[RANDOM_NAME_BYTES];
    struct stage_times *times;
    struct page *slots[SLOTS];
    struct page *oldest;
    struct page *newest;
    size_t count;
};

struct stage_book *stage_book_create(const char *server)
{
    struct stage_book *book = xcalloc(1, sizeof *book);

    text_copy(book->server, sizeof book->server, server);
    book->times = stage_times_create();
    return book;
}

/* ---- pages ---- */

static size_t slot_of(const char *job)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (; *job; job++)
        hash = (hash ^ (unsigned char)*job) * 0x100000001b3u;
    return (size_t)(hash >> 32) % SLOTS;
}

/* The place of a job's page among those of its slot, or where it would be. */
static struct page **find(struct stage_book *book, const char *job)
{
    struct page **place = &book->slots[slot_of(job)];

    while (*place && strcmp((*place)->job, job) != 0)
        place = &(*place)->next_of_slot;
    return place;
}

static void drop_oldest(struct stage_book *book)
{
    struct page *page = book->oldest;

    *find(book, page->job) = page->next_of_slot;
    book->oldest = page->newer;
    book->count--;
    free(page->text);
    free(page);
}

static struct page *find_or_add(struct stage_book *book, const char *job)
{
    struct page **place = find(book, job);
    struct page *page = *place;

    if (page)
        return page;
    page = *place = xcalloc(1, sizeof *page);
    text_copy(page->job, sizeof page->job, job);
    if (book->count++)
        book->newest->newer = page;
    else
        book->oldest = page;
    book->newest = page;
    if (book->count > KEPT)
        drop_oldest(book);
    return page;
}

void stage_book_destroy(struct stage_book *book)
{
    if (!book)
        return;
    while (book->count)
        drop_oldest(book);
    stage_times_destroy(book->times);
    free(book);
}

/* ---- putting down ---- */

/* Which job it was is told by how it ended, or else by the event's data. */
static bool read_kind(const struct log_entry *entry, enum job_kind *kind)
{
    struct json *data;
    bool is_known;

    for (size_t i = 0; i < JOB_KINDS; i++) {
        *kind = (enum job_kind)i;
        if (strcmp(job_kind_done_event(*kind), entry->name) == 0)
            return true;
    }
    data = json_parse(entry->data, strlen(entry->data));
    is_known = job_kind_find(json_get_text(data, "kind", ""), kind);
    json_destroy(data);
    return is_known;
}

static void read_page(const struct page *page, struct stages *stages)
{
    stages_read(stages, page->text);
    stages->when_us[STAGE_PUBLISHED] = page->published_us;
    stages->when_us[STAGE_DELIVERED] = page->delivered_us;
}

/* Whoever took the job in counts it, and nobody else: every server hears of its
 * end. */
static void count(struct stage_book *book, const struct page *page,
                  const struct log_entry *entry)
{
    struct stages stages;
    enum job_kind kind;

    if (!strstr(page->text, book->server))
        return; /* a quick look at the jobs of others */
    read_page(page, &stages);
    if (strcmp(stages.server, book->server) == 0 && read_kind(entry, &kind))
        stage_times_count(book->times, kind, &stages);
}

/* The log tells milliseconds; what was read before such a one is over was in
 * the log before it was read. */
static int64_t published_us(const struct log_entry *entry, int64_t now_us)
{
    int64_t last_us = (int64_t)entry->offset.ms * 1000 + 999;

    return last_us < now_us ? last_us : now_us;
}

void stage_book_note(struct stage_book *book, const struct log_entry *entry,
                     bool is_delivered)
{
    bool is_last = event_is_last(entry->name);
    int64_t now_us = clock_wall_us();
    struct page *page;

    if (!entry->stages || !entry->stages[0])
        return;
    page = find_or_add(book, entry->job);
    free(page->text);
    page->text = xstrdup(entry->stages);
    page->published_us = is_last ? published_us(entry, now_us) : 0;
    page->delivered_us = is_last && is_delivered ? now_us : 0;
    if (is_last)
        count(book, page, entry);
}

/* ---- asking ---- */

bool stage_book_find(struct stage_book *book, const char *job,
                     struct stages *stages)
{
    const struct page *page = *find(book, job);

    if (page)
        read_page(page, stages);
    return page != NULL;
}

void stage_book_write(const struct stage_book *book, struct buffer *out)
{
    stage_times_write(book->times, out);
}
