#pragma once

#include "call.h"

/*
 * The pages' files, read into memory at the start and packed there for those
 * who take gzip.  An ETag is the hash of a content, so nothing is sent twice.
 */
struct pages;

/*
 * Reads what `folder`/pages.list names: a line for each address, "<address>
 * <file> <media type>"; an address that ends in an asterisk stands for all that
 * begin so.  NULL, with the reason in the log, if a file is missing.  "" gives
 * no pages at all.
 */
struct pages *pages_create(const char *folder) MUST_CHECK;
void pages_destroy(struct pages *pages);

/* Whether one of the pages has the address. */
bool pages_have(const struct pages *pages, const char *path);

/* Answers a GET, if it is for one of the pages; else false. */
bool pages_answer(const struct pages *pages, struct services *services,
                  struct exchange *exchange);
