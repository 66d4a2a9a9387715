#pragma once

/* What an operation is refused with: AWS's exceptions. */
enum exception {
    EXCEPTION_NONE,
#define EXCEPTION(name, word, status, sentence) name,
#include "exception.def"
#undef EXCEPTION
    EXCEPTIONS,
};

/* "ValidationException".  These live for ever; not for EXCEPTION_NONE. */
const char *exception_name(enum exception exception);
const char *exception_sentence(enum exception exception);
int exception_status(enum exception exception);
