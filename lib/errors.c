/*
 * errors.c - the words and sentences of the table of errors
 */
#include "basics.h"

#include "errors.h"

static const struct {
    const char *word;
    const char *sentence;
} table[] = {
    {"error", "Something went wrong."},
#define ERROR(name, word, sentence) {word, sentence},
#include "errors.def"
#undef ERROR
};

static size_t row(int error)
{
    int index = error - E_FIRST;

    return index > 0 && index < (int)COUNT(table) ? (size_t)index : 0;
}

const char *error_name(int error)
{
    return error >= 0 ? "ok" : table[row(error)].word;
}

const char *error_sentence(int error)
{
    return error >= 0 ? "All is well." : table[row(error)].sentence;
}
