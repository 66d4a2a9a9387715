#pragma once

/*
 * The table of errors.  A function that may fail returns 0 or one of these,
 * all of them negative.
 */
enum error {
    E_FIRST = -1000,
#define ERROR(name, word, sentence) name,
#include "errors.def"
#undef ERROR
};

/* The error's word, "ok" for 0 and DONE.  Lives for ever. */
const char *error_name(int error);

/* A sentence that a person can read.  Lives for ever. */
const char *error_sentence(int error);
