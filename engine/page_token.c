/*
 * page_token.c - the NextToken of a list: where a page ended, and a sum
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "page_token.h"
#include "pattern.h"
#include "text.h"
#include "xalloc.h"

enum {
    SUM_LETTERS = 8,
    SUMMED_MAX = PAGE_TOKEN_ID_BYTES - 1 - 1 - SUM_LETTERS,
};

static void make_sum(const char *list, const char *last,
                     char sum[static SUM_LETTERS + 1])
{
    char *text = xprintf("%s %s", list, last);
    char hex[DIGEST_HEX_BYTES];

    digest_sha256_hex(text, strlen(text), hex);
    text_copy(sum, SUM_LETTERS + 1, hex);
    free(text);
}

void page_token_write(const char *list, const char *last,
                      char token[static PAGE_TOKEN_BYTES])
{
    char sum[SUM_LETTERS + 1];

    make_sum(list, last, sum);
    snprintf(token, PAGE_TOKEN_BYTES, "%s:%s", last, sum);
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

void page_token_write_id(const char *id, char token[static PAGE_TOKEN_ID_BYTES])
{
    bool has_sum = strlen(id) <= SUMMED_MAX;
    char sum[SUM_LETTERS + 1];

    make_sum("ListCollections", id, sum);
    snprintf(token, PAGE_TOKEN_ID_BYTES, "%s%s%s", id, has_sum ? ":" : "",
             has_sum ? sum : "");
}

bool page_token_read_id(const char *token, char id[static PAGE_TOKEN_ID_BYTES])
{
    char expected[PAGE_TOKEN_ID_BYTES];

    id[0] = '\0';
    if (!token || !token[0])
        return true;
    if (!text_copy(id, PAGE_TOKEN_ID_BYTES, token))
        return false;
    id[strcspn(id, ":")] = '\0';
    page_token_write_id(id, expected);
    return pattern_collection.fits(id) && strcmp(token, expected) == 0;
}
