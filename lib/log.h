#pragma once

#include "basics.h"

/*
 * The log: one line an event, on stderr.  A message starts with the objects it
 * is about and always has a reason: "job=0199… dead: crashed its worker".
 * Never images, face vectors, tokens or people's names.
 */
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format {
    LOG_TEXT, /* "info   job=0199… done" */
    LOG_JSON, /* {"time":…,"level":…,"program":…,"job":…,"message":…} */
};

/* Called once, before the first thread starts.  `program` is borrowed. */
void log_open(const char *program, enum log_level least,
              enum log_format format);

/* The same from the words of settings: debug, info, warn or error; text or
 * json. Stops the program on any other. */
void log_open_as(const char *program, const char *level, const char *format);

/*
 * What this thread's lines are about, until it is set anew: objects that stand
 * before every message ("request=0199… trace=4bf9… "; "": none).  A crew's task
 * takes them along from the thread that submits it.
 */
enum { LOG_ABOUT_BYTES = 128 };
struct log_about {
    char objects[LOG_ABOUT_BYTES];
};
void log_set_about(const struct log_about *about); /* copied; NULL: none */
const struct log_about *log_get_about(void);

void log_debug(const char *format, ...) PRINTS(1, 2);
void log_info(const char *format, ...) PRINTS(1, 2);
void log_warn(const char *format, ...) PRINTS(1, 2);
void log_error(const char *format, ...) PRINTS(1, 2);

/* Says why, and ends the program with status 1. */
_Noreturn void fatal(const char *format, ...) PRINTS(1, 2);
