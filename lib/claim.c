/*
 * claim.c - what a request claims about its signature
 *
 * The reading walks down the table `steps`; the first one that finds fault ends
 * it.  Nothing is taken on trust yet: sigv4_verify.c compares the claim with
 * what it should be.
 *
 * Texts of the request never go into a sentence: an answer must not become a
 * way to put words into our mouth.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "claim.h"
#include "clock.h"
#include "query.h"
#include "signature.h"
#include "xalloc.h"

struct part_name {
    const char *name;
    enum claim_part part;
};

static const struct part_name header_parts[] = {
    {"Credential", CLAIM_CREDENTIAL},
    {"SignedHeaders", CLAIM_NAMES},
    {"Signature", CLAIM_SIGNATURE},
    {NULL, 0},
};

static const struct part_name query_parts[] = {
    {"X-Amz-Algorithm", CLAIM_ALGORITHM},
    {"X-Amz-Credential", CLAIM_CREDENTIAL},
    {"X-Amz-Date", CLAIM_DATE},
    {"X-Amz-Expires", CLAIM_EXPIRES},
    {"X-Amz-SignedHeaders", CLAIM_NAMES},
    {"X-Amz-Signature", CLAIM_SIGNATURE},
    {"X-Amz-Security-Token", CLAIM_TOKEN},
    {NULL, 0},
};

/* Headers that mean something to us: twice, they could mean two things. */
static const char *const single_headers[] = {
    "authorization",        "date",       "host",
    "x-amz-content-sha256", "x-amz-date", "x-amz-security-token",
    "x-amz-target",
};

/* Those that must be signed where they are sent. */
static const char *const signed_headers[] = {
    "x-amz-security-token",
    "x-amz-target",
};

static const char blanks[] = " \t";

/* A step gives NULL, or the sentence that says what is wrong. */
static const char *check_headers(struct claim *claim);
static const char *read_parts(struct claim *claim);
static const char *read_credential(struct claim *claim);
static const char *read_date(struct claim *claim);
static const char *read_expires(struct claim *claim);
static const char *check_names(struct claim *claim);

static const char *(*const steps[])(struct claim *claim) = {
    check_headers, read_parts,   read_credential,
    read_date,     read_expires, check_names,
};

/* A copy without blanks around it; NULL stays NULL. */
static char *trimmed(const char *text)
{
    size_t len;

    if (!text)
        return NULL;
    text += strspn(text, blanks);
    len = strlen(text);
    while (len > 0 && strchr(blanks, text[len - 1]))
        len--;
    return xmemdup(text, len);
}

/* The decoded text, to be freed; NULL if a zero byte hides in it. */
static char *decoded(const char *text, size_t len)
{
    struct buffer plain = {0};

    percent_decode(&plain, text, len);
    if (strlen(buffer_text(&plain)) < plain.len) {
        buffer_finish(&plain);
        return NULL;
    }
    return buffer_take(&plain);
}

const char *claim_header(const struct claim *claim, const char *name)
{
    for (size_t i = 0; i < claim->request->header_count; i++)
        if (strcasecmp(claim->request->headers[i].name, name) == 0)
            return claim->request->headers[i].value;
    return NULL;
}

static bool has_algorithm(const char *query)
{
    struct query_parameter it;
    bool has = false;

    for (const char *rest = query; !has && query_next(&rest, &it);) {
        char *name = decoded(it.name, it.name_len);

        has = name && strcmp(name, "X-Amz-Algorithm") == 0;
        free(name);
    }
    return has;
}

enum sigv4_verdict claim_read(struct claim *claim,
                              const struct sigv4_request *request,
                              char detail[static SIGV4_DETAIL_BYTES])
{
    const char *authorization, *sentence = NULL;
    bool in_headers;

    *claim = (struct claim){.request = request};
    claim->is_presigned = has_algorithm(request->query ? request->query : "");
    authorization = claim_header(claim, "authorization");
    in_headers = authorization && authorization[strspn(authorization, blanks)];
    if (!in_headers && !claim->is_presigned) {
        snprintf(detail, SIGV4_DETAIL_BYTES, "Missing Authentication Token");
        return SIGV4_MISSING;
    }
    if (in_headers && claim->is_presigned)
        sentence = "Only one auth mechanism allowed; only the X-Amz-Algorithm "
                   "query parameter or the Authorization header should be "
                   "specified";
    for (size_t i = 0; i < COUNT(steps) && !sentence; i++)
        sentence = steps[i](claim);
    snprintf(detail, SIGV4_DETAIL_BYTES, "%s", sentence ? sentence : "");
    return sentence ? SIGV4_INCOMPLETE : SIGV4_OK;
}

void claim_finish(struct claim *claim)
{
    for (size_t i = 0; i < CLAIM_PARTS; i++)
        free(claim->parts[i]);
    *claim = (struct claim){0};
}

static const char *check_headers(struct claim *claim)
{
    size_t counts[COUNT(single_headers)] = {0};

    for (size_t i = 0; i < claim->request->header_count; i++)
        for (size_t k = 0; k < COUNT(single_headers); k++)
            if (strcasecmp(claim->request->headers[i].name,
                           single_headers[k]) == 0 &&
                counts[k]++ > 0)
                return "A header that the signature relies on is sent more "
                       "than once.";
    return NULL;
}

/* The place of the part that has this name; NULL: it is none of ours. */
static char **place_of(struct claim *claim, const struct part_name *names,
                       const char *name)
{
    for (; names->name; names++)
        if (strcmp(names->name, name) == 0)
            return &claim->parts[names->part];
    return NULL;
}

static bool is_given(const struct claim *claim, enum claim_part part)
{
    return claim->parts[part] && *claim->parts[part];
}

/* Reads one pair of an Authorization header, such as "Signature=…". */
static const char *read_pair(struct claim *claim, char *pair)
{
    char *equals = strchr(pair, '=');
    char **place;

    if (!equals)
        return "Authorization header has a part that is not a valid key=value "
               "pair (missing equal-sign).";
    *equals = '\0';
    place = place_of(claim, header_parts, pair);
    if (place && *place)
        return "Authorization header has a parameter more than once.";
    if (place)
        *place = xstrdup(equals + 1);
    return NULL;
}

/* Reads what stands behind the algorithm: pairs with commas between them, and
 * any number of blanks around each. */
static const char *read_pairs(struct claim *claim, const char *list)
{
    const char *sentence = NULL;
    char *copy = xstrdup(list);
    char *rest = copy;

    for (char *item; !sentence && (item = strsep(&rest, ","));) {
        char *pair = trimmed(item);

        sentence = read_pair(claim, pair);
        free(pair);
    }
    free(copy);
    return sentence;
}

static const char *read_authorization(struct claim *claim)
{
    char *value = trimmed(claim_header(claim, "authorization"));
    const size_t len = strlen(SIGNATURE_ALGORITHM);
    const char *sentence;

    if (strncmp(value, SIGNATURE_ALGORITHM, len) == 0 && value[len] &&
        strchr(blanks, value[len]))
        sentence = read_pairs(claim, value + len);
    else
        sentence = "Authorization header must begin with "
                   "'" SIGNATURE_ALGORITHM "'.";
    free(value);
    return sentence;
}

static const char *read_header_form(struct claim *claim)
{
    const char *sentence = read_authorization(claim);

    if (sentence)
        return sentence;
    claim->parts[CLAIM_DATE] = trimmed(claim_header(
        claim, claim_header(claim, "x-amz-date") ? "x-amz-date" : "date"));
    claim->parts[CLAIM_TOKEN] =
        trimmed(claim_header(claim, "x-amz-security-token"));
    if (!is_given(claim, CLAIM_CREDENTIAL))
        return "Authorization header requires 'Credential' parameter.";
    if (!is_given(claim, CLAIM_SIGNATURE))
        return "Authorization header requires 'Signature' parameter.";
    if (!is_given(claim, CLAIM_NAMES))
        return "Authorization header requires 'SignedHeaders' parameter.";
    if (!is_given(claim, CLAIM_DATE))
        return "Authorization header requires existence of either a "
               "'X-Amz-Date' or a 'Date' header.";
    return NULL;
}

/* Keeps the parameter if it is a part of ours. */
static const char *read_parameter(struct claim *claim,
                                  const struct query_parameter *parameter)
{
    char *name = decoded(parameter->name, parameter->name_len);
    char **place = name ? place_of(claim, query_parts, name) : NULL;

    free(name);
    if (!place)
        return NULL;
    if (*place)
        return "A query-string parameter of the signature is given more than "
               "once.";
    *place = decoded(parameter->value, parameter->value_len);
    return *place ? NULL : "A query-string parameter has a zero byte in it.";
}

static const char *read_query_form(struct claim *claim)
{
    const char *rest = claim->request->query, *sentence = NULL;
    struct query_parameter it;

    while (!sentence && query_next(&rest, &it))
        sentence = read_parameter(claim, &it);
    if (sentence)
        return sentence;
    for (enum claim_part part = 0; part < CLAIM_TOKEN; part++)
        if (!is_given(claim, part))
            return "AWS query-string parameters must include "
                   "'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', "
                   "'X-Amz-SignedHeaders', 'X-Amz-Date' and 'X-Amz-Expires'. "
                   "Re-examine the query-string parameters.";
    if (strcmp(claim->parts[CLAIM_ALGORITHM], SIGNATURE_ALGORITHM) != 0)
        return "X-Amz-Algorithm only supports '" SIGNATURE_ALGORITHM "'.";
    return NULL;
}

static const char *read_parts(struct claim *claim)
{
    claim->parts[CLAIM_HASH] =
        trimmed(claim_header(claim, "x-amz-content-sha256"));
    return claim->is_presigned ? read_query_form(claim)
                               : read_header_form(claim);
}

static const char *read_credential(struct claim *claim)
{
    char *rest = claim->parts[CLAIM_CREDENTIAL];

    for (size_t i = 0; i < CLAIM_ELEMENTS; i++) {
        claim->elements[i] = strsep(&rest, "/");
        if (!claim->elements[i] || !*claim->elements[i])
            break;
        if (i + 1 == CLAIM_ELEMENTS && !rest)
            return NULL;
    }
    return "Credential must have exactly 5 slash-delimited elements, e.g. "
           "keyid/date/region/service/term.";
}

/* The Date header may also be in HTTP's own form. */
static const char *read_date(struct claim *claim)
{
    const char *text = claim->parts[CLAIM_DATE];
    bool is_http = !claim->is_presigned && !claim_header(claim, "x-amz-date");

    if (clock_parse_compact(text, &claim->time_ms) == 0)
        return NULL;
    if (is_http && clock_parse_http(text, &claim->time_ms) == 0)
        return NULL;
    return "Date must be in ISO-8601 'basic format'. See "
           "http://en.wikipedia.org/wiki/ISO_8601";
}

static const char *read_expires(struct claim *claim)
{
    const char *text = claim->parts[CLAIM_EXPIRES];
    size_t len;

    if (!claim->is_presigned)
        return NULL;
    len = strlen(text);
    if (len <= strlen("604800") && strspn(text, "0123456789") == len)
        claim->expires_s = strtoll(text, NULL, 10);
    if (claim->expires_s < 1 || claim->expires_s > SIGV4_EXPIRES_MAX)
        return "X-Amz-Expires must be a number of seconds from 1 to 604800.";
    return NULL;
}

bool claim_has_signed(const struct claim *claim, const char *name)
{
    const char *rest = claim->parts[CLAIM_NAMES];

    for (size_t len; *rest; rest += len + (rest[len] == ';')) {
        size_t same = 0;

        len = strcspn(rest, ";");
        while (same < len && name[same] &&
               rest[same] == (name[same] >= 'A' && name[same] <= 'Z'
                                  ? name[same] - 'A' + 'a'
                                  : name[same]))
            same++;
        if (same == len && !name[same])
            return true;
    }
    return false;
}

static const char *check_names(struct claim *claim)
{
    const char *date =
        claim_header(claim, "x-amz-date") ? "x-amz-date" : "date";

    if (!claim_header(claim, "host") || !claim_has_signed(claim, "host"))
        return "'Host' or ':authority' must be a 'SignedHeader' in the AWS "
               "Authorization.";
    if (!claim->is_presigned && !claim_has_signed(claim, date))
        return "'X-Amz-Date' or 'Date' must be a 'SignedHeader' in the AWS "
               "Authorization.";
    for (size_t i = 0; i < COUNT(signed_headers); i++)
        if (claim_header(claim, signed_headers[i]) &&
            !claim_has_signed(claim, signed_headers[i]))
            return "'X-Amz-Security-Token' and 'X-Amz-Target' must each be a "
                   "'SignedHeader' in the AWS Authorization where they are "
                   "sent.";
    return NULL;
}
