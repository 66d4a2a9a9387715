/*
 * person_fields.c - what may be said of a person
 */
#include <stdio.h>
#include <string.h>

#include "person_fields.h"
#include "utf8.h"

enum {
    NAME_MAX_CHARACTERS = 200,
    EXTERNAL_ID_LEN_MAX = 128,
    EMAIL_LEN_MAX = 254,
    DETAILS_LEN_MAX = 8 * 1024,
};

static enum problem refuse(char detail[static 128], const char *sentence)
{
    snprintf(detail, 128, "%s", sentence);
    return PROBLEM_INVALID_FIELD;
}

/* Whether a character moves the cursor: the controls, the ends of lines and the
 * marks that turn the direction of all that follows (U+0080 to U+009F, U+2028
 * to U+202E, U+2066 to U+2069). */
static bool is_control(const unsigned char *c)
{
    if (c[0] == 0xc2)
        return c[1] < 0xa0;
    if (c[0] == 0xe2 && c[1] == 0x80)
        return c[2] >= 0xa8 && c[2] <= 0xae;
    if (c[0] == 0xe2 && c[1] == 0x81)
        return c[2] >= 0xa6 && c[2] <= 0xa9;
    return c[0] < ' ' || c[0] == 0x7f;
}

static bool has_controls(const char *text)
{
    while (*text && !is_control((const unsigned char *)text))
        text++;
    return *text != '\0';
}

/* Something to be seen, and nothing that moves the cursor. */
enum problem person_check_name(const char *name, char detail[static 128])
{
    size_t len = utf8_length(name);

    if (has_controls(name))
        return refuse(detail, "name must not have control characters.");
    if (name[strspn(name, " ")] == '\0' || len > NAME_MAX_CHARACTERS)
        return refuse(detail, "name takes 1 to 200 characters.");
    return PROBLEM_NONE;
}

enum problem person_check_external_id(const char *external_id,
                                      char detail[static 128])
{
    size_t len = strspn(external_id, "abcdefghijklmnopqrstuvwxyz"
                                     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "0123456789_.:-");

    if (external_id[len] || len == 0 || len > EXTERNAL_ID_LEN_MAX)
        return refuse(detail, "external_id takes 1 to 128 letters, digits and "
                              "_ . : -");
    return PROBLEM_NONE;
}

/* Whether it exists only a letter can tell; this catches slips. */
enum problem person_check_email(const char *email, char detail[static 128])
{
    const char *at = strchr(email, '@');
    size_t len = strlen(email);

    if (has_controls(email) || !at || at == email || !at[1] ||
        strchr(at + 1, '@') || strcspn(email, " \t\r\n<>,;") != len ||
        len > EMAIL_LEN_MAX)
        return refuse(detail, "email takes an address like ada@example.org.");
    return PROBLEM_NONE;
}

enum problem person_check_details(const char *details, char detail[static 128])
{
    size_t len = strlen(details);
    struct json *document =
        len <= DETAILS_LEN_MAX ? json_parse(details, len) : NULL;
    bool is_object = json_is_object(document);

    json_destroy(document);
    if (!is_object)
        return refuse(detail, "details takes a JSON object of 8 KB at most.");
    return PROBLEM_NONE;
}
