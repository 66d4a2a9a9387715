/*
 * pattern.c - the regular expressions of the protocol
 */
#include <locale.h>
#include <string.h>
#include <wctype.h>

#include "pattern.h"
#include "text.h"
#include "uuid.h"

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

/* Whether there is nothing but ASCII letters, digits and `others`. */
static bool has_only(const char *text, const char *others)
{
    while (*text && (is_alphanumeric(*text) || strchr(others, *text)))
        text++;
    return !*text;
}

static bool fits_collection(const char *text)
{
    return *text && has_only(text, "_.-");
}

static bool fits_external_id(const char *text)
{
    return *text && has_only(text, "_.-:");
}

static bool fits_request_token(const char *text)
{
    return *text && has_only(text, "-_");
}

static bool fits_bucket(const char *text)
{
    return has_only(text, "_.-");
}

/* Steps over one character of well-formed UTF-8. */
static wint_t next_character(const char **text)
{
    unsigned char first = (unsigned char)*(*text)++;
    wint_t character = first;

    if (first >= 0xc0)
        character = first & (first >= 0xf0 ? 7 : first >= 0xe0 ? 15 : 31);
    while (((unsigned char)**text & 0xc0) == 0x80)
        character = character << 6 | ((unsigned char)*(*text)++ & 0x3f);
    return character;
}

/* Letters, digits and blanks of every script; of ASCII alone where the system
 * knows no other.  A no-break space is none to the C library, which asks where
 * a line may be broken. */
static bool is_tag_character(wint_t character, locale_t locale)
{
    if (character < 0x80)
        return is_alphanumeric((char)character) ||
               strchr(" _.:/=+-@", (char)character);
    if (locale == (locale_t)0)
        return false;
    return iswalnum_l(character, locale) || iswspace_l(character, locale) ||
           character == 0xa0 || character == 0x2007 || character == 0x202f;
}

static bool fits_tag_value(const char *text)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    bool fits = true;

    while (fits && *text)
        fits = is_tag_character(next_character(&text), locale);
    if (locale != (locale_t)0)
        freelocale(locale);
    return fits;
}

static bool fits_tag_key(const char *text)
{
    return !text_begins(text, "aws:") && fits_tag_value(text);
}

const struct pattern pattern_collection = {"[a-zA-Z0-9_.\\-]+",
                                           fits_collection};
const struct pattern pattern_external_id = {"[a-zA-Z0-9_.\\-:]+",
                                            fits_external_id};
const struct pattern pattern_request_token = {"^[a-zA-Z0-9-_]+$",
                                              fits_request_token};
const struct pattern pattern_uuid = {
    "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    uuid_is_valid};
const struct pattern pattern_bucket = {"[0-9A-Za-z\\.\\-_]*", fits_bucket};
const struct pattern pattern_tag_key = {
    "^(?!aws:)[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*$", fits_tag_key};
const struct pattern pattern_tag_value = {"^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$",
                                          fits_tag_value};
