/*
 * problem.c - the words of what was wrong
 */
#include <stdlib.h>
#include <string.h>

#include "problem.h"
#include "utf8.h"
#include "xalloc.h"

static const struct {
    int status;
    const char *code;
    const char *sentence;
} table[PROBLEM_COUNT] = {
    {200, "none", "All is well."},
#define PROBLEM(name, status, code, sentence) {status, code, sentence},
#include "problem.def"
#undef PROBLEM
};

int problem_status(enum problem problem)
{
    return table[problem].status;
}

const char *problem_code(enum problem problem)
{
    return table[problem].code;
}

const char *problem_sentence(enum problem problem)
{
    return table[problem].sentence;
}

enum problem problem_find(const char *code)
{
    for (size_t i = 1; i < PROBLEM_COUNT; i++)
        if (strcmp(table[i].code, code) == 0)
            return (enum problem)i;
    return PROBLEM_INTERNAL;
}

/* A detail may name what a stranger has sent, cut off anywhere. */
static void add_detail(struct json *object, enum problem problem,
                       const char *detail)
{
    char *text = xstrdup(detail ? detail : table[problem].sentence);

    utf8_repair(text);
    json_add_text(object, "detail", text);
    free(text);
}

/* `type` is left out: RFC 9457 then means "about:blank", and programs go by
 * `code`. */
char *problem_document(enum problem problem, const char *detail)
{
    struct json *document = json_object();

    json_add_text(document, "title", table[problem].sentence);
    json_add_number(document, "status", table[problem].status);
    json_add_text(document, "code", table[problem].code);
    add_detail(document, problem, detail);
    return json_print_and_destroy(document);
}

struct json *problem_json(enum problem problem, const char *detail)
{
    struct json *object = json_object();

    json_add_text(object, "code", table[problem].code);
    add_detail(object, problem, detail);
    return object;
}
