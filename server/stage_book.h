#pragma once

#include "buffer.h"
#include "event_log.h"
#include "stages.h"

/*
 * What this server knows of the stages of jobs: those of the latest jobs, of
 * all servers, until nobody is likely to ask any more; and how long they took
 * in jobs that it took in itself, so that every job is counted by one server.
 */
struct stage_book;

/* `server` is this server's name, as stages have it. */
struct stage_book *stage_book_create(const char *server) MUST_CHECK;
void stage_book_destroy(struct stage_book *book);

/* Puts down what an event of the log tells of them.  `is_delivered`: a live
 * client was handed it just now. */
void stage_book_note(struct stage_book *book, const struct log_entry *entry,
                     bool is_delivered);

/* The stages of a job; false if nothing is known of them here. */
bool stage_book_find(struct stage_book *book, const char *job,
                     struct stages *stages);

/* Adds the histograms in the text format of Prometheus. */
void stage_book_write(const struct stage_book *book, struct buffer *out);
