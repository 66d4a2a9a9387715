/*
 * multipart_head.c - what stands before a part's content
 *
 * A head is a few lines, `Name: value; parameter=value`.  It is taken apart in
 * place, line by line: nothing that is read here gets longer, so quoted and
 * percent-encoded texts are decoded where they stand.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "errors.h"
#include "multipart_head.h"
#include "utf8.h"
#include "xalloc.h"

static const char letters_and_digits[] = "abcdefghijklmnopqrstuvwxyz"
                                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                         "0123456789";

/* What names are made of, besides (a "token" of RFC 9110). */
static const char token_marks[] = "!#$%&'*+-.^_`|~";

/* What boundaries are made of, besides (RFC 2046, 5.1.1). */
static const char boundary_marks[] = "'()+_,-./:=? ";

static bool has_only(const char *text, size_t len, const char *marks)
{
    for (size_t i = 0; i < len; i++)
        if (!text[i] ||
            (!strchr(letters_and_digits, text[i]) && !strchr(marks, text[i])))
            return false;
    return true;
}

static char *skip_blanks(char *text)
{
    return text + strspn(text, " \t");
}

/* Ends the text before its last blanks. */
static void trim(char *text, size_t len)
{
    while (len > 0 && strchr(" \t", text[len - 1]))
        len--;
    text[len] = '\0';
}

/*
 * Decodes the quoted text at `*place`, and moves behind it.  A backslash
 * counts only before a quote or another: some browsers send the paths of
 * Windows as they are.
 */
static int unquote(char **place, char **value)
{
    char *from = *place + 1;
    char *to = *value = from;

    while (*from != '"') {
        if (*from == '\\' && (from[1] == '"' || from[1] == '\\'))
            from++;
        if (!*from)
            return E_INVALID;
        *to++ = *from++;
    }
    *place = from + 1;
    *to = '\0';
    return 0;
}

/* Splits what stands before the first semicolon from the parameters. */
static char *cut_main_value(char *text, char **parameters)
{
    size_t len = strcspn(text, ";");

    *parameters = text + len + (text[len] == ';');
    trim(text, len);
    return text;
}

/* Takes the next parameter off; *name is NULL when there is none left. */
static int next_parameter(char **place, char **name, char **value)
{
    char *text = *place + strspn(*place, "; \t");
    size_t len = strcspn(text, "=");

    *name = NULL;
    *place = text;
    if (!*text)
        return 0;
    if (len == 0 || text[len] != '=' || !has_only(text, len, token_marks))
        return E_INVALID;
    *name = text;
    text[len] = '\0';
    text = skip_blanks(text + len + 1);
    if (*text != '"') {
        *value = cut_main_value(text, place);
        return 0;
    }
    if (unquote(&text, value) < 0)
        return E_INVALID;
    text = skip_blanks(text);
    *place = text;
    return *text && *text != ';' ? E_INVALID : 0;
}

/* What some senders leave unquoted is not a token, so only the boundary's own
 * letters are asked for. */
static bool is_boundary(const char *text)
{
    size_t len = strlen(text);

    return len > 0 && len < BOUNDARY_BYTES && text[len - 1] != ' ' &&
           has_only(text, len, boundary_marks);
}

int multipart_boundary(const char *content_type,
                       char boundary[static BOUNDARY_BYTES])
{
    char *text = xstrdup(content_type);
    char *place, *name, *value;
    int error = 0;

    boundary[0] = '\0';
    if (strcasecmp(cut_main_value(skip_blanks(text), &place),
                   "multipart/form-data") != 0)
        error = E_INVALID;
    while (error == 0) {
        error = next_parameter(&place, &name, &value);
        if (error || !name)
            break;
        if (strcasecmp(name, "boundary") != 0)
            continue;
        if (boundary[0] || !is_boundary(value))
            error = E_INVALID;
        else
            memcpy(boundary, value, strlen(value) + 1);
    }
    free(text);
    return error == 0 && !boundary[0] ? E_INVALID : error;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = c ? strchr(digits, c) : NULL;

    return found ? (int)((found - digits) % 16) : -1;
}

/* Whether a decoded text may be handed on: percent signs could hide what was
 * refused in the head itself. */
static bool is_clean(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return false;
    return utf8_is_valid(text, len);
}

/*
 * Decodes `UTF-8''na%C3%AFve.jpg` (RFC 8187) in place.  Other character sets,
 * which nobody has sent for years, give an empty name.
 */
static int decode_extended(char *value, char **decoded)
{
    char *charset_end = strchr(value, '\'');
    char *from = charset_end ? strchr(charset_end + 1, '\'') : NULL;
    char *to = value;

    if (!from)
        return E_INVALID;
    *charset_end = '\0';
    *decoded = value;
    if (strcasecmp(value, "UTF-8") != 0) {
        *value = '\0';
        return 0;
    }
    for (from++; *from; to++) {
        int high, low;

        if (*from != '%') {
            *to = *from++;
            continue;
        }
        high = hex_digit(from[1]);
        low = high < 0 ? -1 : hex_digit(from[2]);
        if (low < 0)
            return E_INVALID;
        *to = (char)(high << 4 | low);
        from += 3;
    }
    *to = '\0';
    return is_clean(value, (size_t)(to - value)) ? 0 : E_INVALID;
}

/* Sets what may be given once. */
static int set_once(const char **text, const char *value)
{
    if (*text)
        return E_INVALID;
    *text = value;
    return 0;
}

static int read_disposition(char *value, struct multipart_part *part,
                            const char **problem)
{
    const char *plain = NULL;
    char *place, *name, *text;
    int error;

    *problem = "A part's Content-Disposition is not form-data.";
    if (strcasecmp(cut_main_value(value, &place), "form-data") != 0)
        return E_INVALID;
    *problem = "A part's Content-Disposition is not well formed.";
    for (;;) {
        error = next_parameter(&place, &name, &text);
        if (error || !name)
            break;
        if (strcasecmp(name, "name") == 0)
            error = set_once(&part->name, text);
        else if (strcasecmp(name, "filename") == 0)
            error = set_once(&plain, text);
        else if (strcasecmp(name, "filename*") == 0 &&
                 (error = decode_extended(text, &text)) == 0)
            error = set_once(&part->file_name, text);
        if (error)
            break;
    }
    /* The extended form says more, where it says anything. */
    if (plain && (!part->file_name || !*part->file_name))
        part->file_name = plain;
    return error;
}

/* Puts blanks where a line goes on in the next one. */
static void unfold(char *head)
{
    for (char *end = head; (end = strstr(end, "\r\n")); end += 2)
        if (end[2] == ' ' || end[2] == '\t')
            end[0] = end[1] = ' ';
}

/* What no honest sender puts into a head could mean different things to us and
 * to whoever reads the texts after us. */
static int check_bytes(const char *head, size_t len, const char **problem)
{
    if (!utf8_is_valid(head, len)) {
        *problem = "A part's head is not UTF-8.";
        return E_INVALID;
    }
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)head[i];
        bool line_end = (c == '\r' && head[i + 1] == '\n') ||
                        (c == '\n' && i > 0 && head[i - 1] == '\r');

        if ((c < 0x20 && c != '\t' && !line_end) || c == 0x7f) {
            *problem = "A part's head has a control character in it.";
            return E_INVALID;
        }
    }
    return 0;
}

/* One line; headers that we do not know are passed over. */
static int read_line(char *line, struct multipart_part *part,
                     bool *has_disposition, const char **problem)
{
    size_t len = strcspn(line, ":");
    char *value;

    *problem = "A part's head has a line that is no header.";
    if (len == 0 || line[len] != ':' || !has_only(line, len, token_marks))
        return E_INVALID;
    line[len] = '\0';
    value = skip_blanks(line + len + 1);
    trim(value, strlen(value));
    if (strcasecmp(line, "Content-Disposition") == 0) {
        *problem = "A part has more than one Content-Disposition.";
        if (*has_disposition)
            return E_INVALID;
        *has_disposition = true;
        return read_disposition(value, part, problem);
    }
    if (strcasecmp(line, "Content-Type") == 0) {
        *problem = "A part has more than one Content-Type.";
        return set_once(&part->content_type, value);
    }
    return 0;
}

int multipart_head_read(char *head, size_t len, struct multipart_part *part,
                        const char **problem)
{
    bool has_disposition = false;
    int error = check_bytes(head, len, problem);

    *part = (struct multipart_part){0};
    if (error == 0)
        unfold(head);
    while (error == 0 && *head) {
        char *end = strstr(head, "\r\n");

        assert(end); /* the reader gives us whole lines */
        *end = '\0';
        if (end > head)
            error = read_line(head, part, &has_disposition, problem);
        head = end + 2;
    }
    if (!part->name)
        part->name = "";
    return error;
}
