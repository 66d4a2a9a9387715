#pragma once

#include "basics.h"
#include "json.h"

/* The table of problems: what can be wrong with what somebody asked of us. */
enum problem {
    PROBLEM_NONE, /* all is well */
#define PROBLEM(name, status, code, sentence) PROBLEM_##name,
#include "problem.def"
#undef PROBLEM
    PROBLEM_COUNT,
};

/* Its HTTP status, its stable code, and a sentence for a person. */
int problem_status(enum problem problem);
const char *problem_code(enum problem problem);
const char *problem_sentence(enum problem problem);

/* The problem of that code; PROBLEM_INTERNAL if there is none. */
enum problem problem_find(const char *code);

/* A problem document (RFC 9457) in one line, to be freed.  `detail` says more
 * than the problem's sentence; NULL: the sentence will do. */
char *problem_document(enum problem problem, const char *detail) MUST_CHECK;

/* {"code":…,"detail":…}, as it stands in jobs and live replies. */
struct json *problem_json(enum problem problem, const char *detail) MUST_CHECK;
