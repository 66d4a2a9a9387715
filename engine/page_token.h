#pragma once

#include "uuid.h"

/*
 * The NextToken of a list that is ordered by UUIDs: the last one of a page, and
 * a sum by which a token of another list is told from one of this.  It says
 * where to go on whatever came and went meanwhile, and never gets too old.
 */
enum { PAGE_TOKEN_BYTES = UUID_BYTES + 9 };

/* `list` is a text that no other list has. */
void page_token_write(const char *list, const char *last,
                      char token[static PAGE_TOKEN_BYTES]);

/* Fills `last`, with "" where the token is NULL or "".  False: it is none of
 * this list. */
bool page_token_read(const char *list, const char *token,
                     char last[static UUID_BYTES]) MUST_CHECK;

/* The same of the list of collections, which is ordered by their ids.  A token
 * has 255 characters at most: an id that leaves no room for the sum stands
 * alone. */
enum { PAGE_TOKEN_ID_BYTES = 256 };
void page_token_write_id(const char *id,
                         char token[static PAGE_TOKEN_ID_BYTES]);
bool page_token_read_id(const char *token,
                        char id[static PAGE_TOKEN_ID_BYTES]) MUST_CHECK;
