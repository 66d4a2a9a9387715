/*
 * page_token.c - the NextToken of a list that is ordered by UUIDs
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "page_token.h"
#include "xalloc.h"

enum { SUM_LETTERS = 8 };

void page_token_write(const char *list, const char *last,
                      char token[static PAGE_TOKEN_BYTES])
{
    char *text = xprintf("%s %s", list, last);
    char hex[DIGEST_HEX_BYTES];

    digest_sha256_hex(text, strlen(text), hex);
    snprintf(token, PAGE_TOKEN_BYTES, "%s:%.*s", last, SUM_LETTERS, hex);
    free(text);
}

bool page_token_read(const char *list, const char *token,
                     char last[static UUID_BYTES])
{
    char expected[PAGE_TOKEN_BYTES];

    last[0] = '\0';
    if (!token || !token[0])
        return true;
    if (strlen(token) != PAGE_TOKEN_BYTES - 1)
        return false;
    memcpy(last, token, UUID_BYTES - 1);
    last[UUID_BYTES - 1] = '\0';
    page_token_write(list, last, expected);
    return uuid_is_valid(last) && strcmp(token, expected) == 0;
}
