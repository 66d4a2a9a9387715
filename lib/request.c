/*
 * request.c - a request's head
 *
 * First it is judged where it lies, line by line; a head that is whole and well
 * formed is then copied and cut into strings.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "query.h"
#include "request.h"
#include "xalloc.h"

/* What judging has found so far. */
struct look {
    bool has_host;
    bool has_length;
    bool has_coding; /* Transfer-Encoding */
    bool may_have_body;
    bool is_1_1;
    size_t headers;
};

/* ---- judging ---- */

/* The characters of a token (RFC 9110): methods and header names. */
static bool is_token(const char *text, size_t len)
{
    static const char others[] = "!#$%&'*+-.^_`|~";

    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        bool is_letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        bool is_digit = c >= '0' && c <= '9';

        if (!is_letter && !is_digit && (!c || !strchr(others, c)))
            return false;
    }
    return len > 0;
}

static bool equals(const char *text, size_t len, const char *word)
{
    return len == strlen(word) && strncasecmp(text, word, len) == 0;
}

static enum request_verdict judge_method(const char *text, size_t len,
                                         struct look *look)
{
    static const char *const methods[] = {"GET",  "HEAD",  "OPTIONS", "DELETE",
                                          "POST", "PATCH", "PUT"};
    enum { FIRST_WITH_BODY = 4 };

    if (!is_token(text, len))
        return REQUEST_MALFORMED;
    for (size_t i = 0; i < COUNT(methods); i++) {
        if (len == strlen(methods[i]) && memcmp(text, methods[i], len) == 0) {
            look->may_have_body = i >= FIRST_WITH_BODY;
            return REQUEST_WHOLE;
        }
    }
    return REQUEST_METHOD;
}

static bool is_printable(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f)
            return false;
    return true;
}

/* METHOD SP target SP HTTP/1.x */
static enum request_verdict judge_line(const char *line, size_t len,
                                       struct look *look)
{
    const char *blank = memchr(line, ' ', len);
    const char *target, *version;
    enum request_verdict verdict;
    size_t rest;

    if (!blank)
        return REQUEST_MALFORMED;
    verdict = judge_method(line, (size_t)(blank - line), look);
    if (verdict != REQUEST_WHOLE)
        return verdict;
    target = blank + 1;
    rest = len - (size_t)(target - line);
    version = memchr(target, ' ', rest);
    if (!version || *target != '/' ||
        !is_printable(target, (size_t)(version - target)))
        return REQUEST_MALFORMED;
    if (version - target > REQUEST_TARGET_BYTES_MAX)
        return REQUEST_TARGET;
    version++;
    rest = len - (size_t)(version - line);
    look->is_1_1 = equals(version, rest, "HTTP/1.1");
    return look->is_1_1 || equals(version, rest, "HTTP/1.0") ? REQUEST_WHOLE
                                                             : REQUEST_VERSION;
}

static bool is_number(const char *text, size_t len)
{
    while (len && *text == ' ') {
        text++;
        len--;
    }
    while (len && text[len - 1] == ' ')
        len--;
    for (size_t i = 0; i < len; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return len > 0 && len <= 15;
}

/* A value may hold any byte but controls; a tab is fine. */
static bool is_value(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (((unsigned char)text[i] < ' ' && text[i] != '\t') ||
            text[i] == 0x7f)
            return false;
    return true;
}

static enum request_verdict judge_header(const char *line, size_t len,
                                         struct look *look)
{
    const char *colon = memchr(line, ':', len);
    size_t name_len = colon ? (size_t)(colon - line) : 0;
    const char *value = colon ? colon + 1 : NULL;
    size_t value_len = len - name_len - 1;

    if (++look->headers > REQUEST_HEADERS_MAX)
        return REQUEST_HEADERS;
    if (!colon || !is_token(line, name_len) || !is_value(value, value_len))
        return REQUEST_MALFORMED;
    if (equals(line, name_len, "host")) {
        if (look->has_host)
            return REQUEST_MALFORMED;
        look->has_host = true;
    } else if (equals(line, name_len, "content-length")) {
        if (look->has_length || !is_number(value, value_len))
            return REQUEST_MALFORMED;
        look->has_length = true;
    } else if (equals(line, name_len, "transfer-encoding")) {
        look->has_coding = true;
    }
    return REQUEST_WHOLE;
}

/* What only the whole head can tell. */
static enum request_verdict judge_whole(const struct look *look)
{
    if (look->has_coding && look->has_length)
        return REQUEST_MALFORMED;
    if (look->has_coding || (look->may_have_body && !look->has_length))
        return REQUEST_LENGTH;
    return look->is_1_1 && !look->has_host ? REQUEST_MALFORMED : REQUEST_WHOLE;
}

/* Judges the head; its length goes to `head_bytes` if it is whole. */
static enum request_verdict judge(const char *bytes, size_t len,
                                  struct look *look, size_t *head_bytes)
{
    const char *line = bytes;
    const char *end =
        bytes + (len < REQUEST_HEAD_BYTES_MAX ? len : REQUEST_HEAD_BYTES_MAX);
    const char *line_end;
    bool is_first = true;

    while ((line_end = memchr(line, '\n', (size_t)(end - line))) != NULL) {
        size_t line_len = (size_t)(line_end - line);
        enum request_verdict verdict;

        if (line_len == 0 || line[--line_len] != '\r')
            return REQUEST_MALFORMED;
        if (line_len == 0) {
            *head_bytes = (size_t)(line_end + 1 - bytes);
            return is_first ? REQUEST_MALFORMED : judge_whole(look);
        }
        verdict = is_first ? judge_line(line, line_len, look)
                           : judge_header(line, line_len, look);
        if (verdict != REQUEST_WHOLE)
            return verdict;
        is_first = false;
        line = line_end + 1;
    }
    if (len < REQUEST_HEAD_BYTES_MAX)
        return REQUEST_UNFINISHED;
    return is_first ? REQUEST_TARGET : REQUEST_HEADERS;
}

/* ---- cutting ---- */

/* In a query `+` is a blank, as forms and URLSearchParams write it. */
static enum request_verdict cut_query(struct request *request, char *text)
{
    char *rest = text;
    char *part;

    while ((part = strsep(&rest, "&")) != NULL) {
        char *value = strchr(part, '=');

        if (!*part)
            continue;
        if (request->query_count == REQUEST_QUERY_MAX)
            return REQUEST_TARGET;
        if (value)
            *value++ = '\0';
        else
            value = part + strlen(part);
        if (!percent_decode_whole(part, true) ||
            !percent_decode_whole(value, true))
            return REQUEST_MALFORMED;
        request->query[request->query_count++] =
            (struct request_pair){.name = part, .value = value};
    }
    return REQUEST_WHOLE;
}

/* The line and the target are kept apart: the second copy is what is decoded.
 */
static enum request_verdict cut_line(struct request *request, char *line,
                                     char *copy)
{
    char *query;

    request->method = strsep(&line, " ");
    request->target = strsep(&line, " ");
    memcpy(copy, request->target, strlen(request->target) + 1);
    request->path = copy;
    query = strchr(copy, '?');
    if (query)
        *query++ = '\0';
    if (!percent_decode_whole(copy, false))
        return REQUEST_MALFORMED;
    return query ? cut_query(request, query) : REQUEST_WHOLE;
}

static void cut_header(struct request *request, char *line)
{
    char *value = strchr(line, ':');
    size_t len;

    *value++ = '\0';
    value += strspn(value, " \t");
    len = strlen(value);
    while (len && (value[len - 1] == ' ' || value[len - 1] == '\t'))
        len--;
    value[len] = '\0';
    request->headers[request->header_count++] =
        (struct request_pair){.name = line, .value = value};
}

/* One piece of memory: the head, and behind it room for the decoded target. */
static enum request_verdict cut(struct request *request, const char *bytes)
{
    char *line, *end;
    enum request_verdict verdict;

    request->text = xmalloc(2 * request->head_bytes + 2);
    memcpy(request->text, bytes, request->head_bytes);
    request->text[request->head_bytes] = '\0';
    line = request->text;
    end = strstr(line, "\r\n");
    *end = '\0';
    verdict = cut_line(request, line, request->text + request->head_bytes + 1);
    for (line = end + 2; *line != '\r'; line = end + 2) {
        end = strstr(line, "\r\n");
        *end = '\0';
        cut_header(request, line);
    }
    return verdict;
}

enum request_verdict request_read(const char *bytes, size_t len,
                                  struct request *request)
{
    struct look look = {0};
    enum request_verdict verdict;
    const char *length;

    *request = (struct request){0};
    verdict = judge(bytes, len, &look, &request->head_bytes);
    if (verdict != REQUEST_WHOLE)
        return verdict;
    verdict = cut(request, bytes);
    if (verdict != REQUEST_WHOLE) {
        request_finish(request);
        return verdict;
    }
    length = request_header(request, "content-length");
    request->body_bytes = length ? strtoull(length, NULL, 10) : 0;
    request->wants_kept =
        !look.is_1_1 && request_lists(request, "connection", "keep-alive");
    request->is_last = request_lists(request, "connection", "close") ||
                       (!look.is_1_1 && !request->wants_kept);
    /* HTTP/1.0 knows no interim answers and no upgrades (RFC 9110, 10.1.1 and
     * 7.8). */
    request->wants_continue =
        look.is_1_1 && request_lists(request, "expect", "100-continue");
    request->wants_upgrade = look.is_1_1 &&
                             request_header(request, "upgrade") &&
                             request_lists(request, "connection", "upgrade");
    return REQUEST_WHOLE;
}

void request_finish(struct request *request)
{
    free(request->text);
    *request = (struct request){0};
}

/* ---- asking ---- */

const char *request_header(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (strcasecmp(request->headers[i].name, name) == 0)
            return request->headers[i].value;
    return NULL;
}

const char *request_query(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->query_count; i++)
        if (strcmp(request->query[i].name, name) == 0)
            return request->query[i].value;
    return NULL;
}

/* Whether the list holds the word, as `compare` finds them equal. */
static bool list_has(const char *list, const char *word,
                     int (*compare)(const char *, const char *, size_t))
{
    while (*list) {
        size_t len;

        list += strspn(list, ", \t");
        len = strcspn(list, ",");
        while (len && (list[len - 1] == ' ' || list[len - 1] == '\t'))
            len--;
        if (len && len == strlen(word) && compare(list, word, len) == 0)
            return true;
        list += strcspn(list, ",");
    }
    return false;
}

/* Lines of one name are one list (RFC 9110, 5.3). */
static bool any_list_has(const struct request *request, const char *name,
                         const char *word,
                         int (*compare)(const char *, const char *, size_t))
{
    for (size_t i = 0; i < request->header_count; i++)
        if (strcasecmp(request->headers[i].name, name) == 0 &&
            list_has(request->headers[i].value, word, compare))
            return true;
    return false;
}

bool request_lists(const struct request *request, const char *name,
                   const char *word)
{
    return any_list_has(request, name, word, strncasecmp);
}

bool request_offers(const struct request *request, const char *name,
                    const char *word)
{
    return any_list_has(request, name, word, strncmp);
}
