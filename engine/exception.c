/*
 * exception.c - what an operation is refused with
 */
#include "exception.h"
#include "basics.h"

static const struct row {
    const char *name;
    int status;
    const char *sentence;
} rows[] = {
#define EXCEPTION(name, word, status, sentence)                                \
    [name] = {word, status, sentence},
#include "exception.def"
#undef EXCEPTION
};

static const struct row *row_of(enum exception exception)
{
    assert(exception > EXCEPTION_NONE && exception < COUNT(rows));
    return &rows[exception];
}

const char *exception_name(enum exception exception)
{
    return row_of(exception)->name;
}

const char *exception_sentence(enum exception exception)
{
    return row_of(exception)->sentence;
}

int exception_status(enum exception exception)
{
    return row_of(exception)->status;
}
