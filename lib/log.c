/*
 * log.c - one line an event, on stderr
 *
 * A line is made in one buffer and written with one write, so that lines of
 * several threads or programs on one terminal never mix.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"
#include "clock.h"
#include "log.h"

static const char *const level_names[] = {"debug", "info", "warn", "error"};

/* What log_open was told: with what a thread's lines are about, the only state
 * that a file of ours keeps. */
static struct {
    const char *program;
    enum log_level least;
    enum log_format format;
} settings = {"facewire", LOG_INFO, LOG_TEXT};

static _Thread_local struct log_about thread_about;

void log_set_about(const struct log_about *about)
{
    if (about)
        thread_about = *about;
    else
        thread_about.objects[0] = '\0';
}

const struct log_about *log_get_about(void)
{
    return &thread_about;
}

void log_open(const char *program, enum log_level least, enum log_format format)
{
    settings.program = program;
    settings.least = least;
    settings.format = format;
}

void log_open_as(const char *program, const char *level, const char *format)
{
    enum log_level least = LOG_DEBUG;

    while (least <= LOG_ERROR && strcmp(level_names[least], level) != 0)
        least++;
    if (least > LOG_ERROR)
        fatal("FACEWIRE_LOG_LEVEL takes debug, info, warn or error");
    if (strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
        fatal("FACEWIRE_LOG_FORMAT takes text or json");
    log_open(program, least, format[0] == 'j' ? LOG_JSON : LOG_TEXT);
}

/* Control characters could forge a line; quotes would end a JSON string. */
static void add_escaped(struct buffer *line, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c < 0x20 || c == 0x7f)
            buffer_printf(line, "\\u%04x", c);
        else if (settings.format == LOG_JSON && (c == '"' || c == '\\'))
            buffer_printf(line, "\\%c", c);
        else
            buffer_add_byte(line, (char)c);
    }
}

/*
 * The length of a leading `object=value ` of the message, 0 if there is none.
 * In JSON each becomes a member of its own, so that a log can be searched by
 * job or session.
 */
static size_t leading_object(const char *message, size_t *name_len)
{
    size_t name = strspn(message, "abcdefghijklmnopqrstuvwxyz_");
    size_t value;

    if (name == 0 || message[name] != '=')
        return 0;
    value = strcspn(message + name + 1, " ");
    if (message[name + 1 + value] != ' ')
        return 0;
    *name_len = name;
    return name + 1 + value;
}

static void add_json(struct buffer *line, enum log_level level,
                     const char *message)
{
    char now[CLOCK_TEXT_BYTES];
    size_t name, len;

    clock_text(clock_wall_ms(), now);
    buffer_printf(line, "{\"time\":\"%s\",\"level\":\"%s\",\"program\":\"%s\"",
                  now, level_names[level], settings.program);
    while ((len = leading_object(message, &name)) > 0) {
        buffer_printf(line, ",\"%.*s\":\"", (int)name, message);
        add_escaped(line, message + name + 1, len - name - 1);
        buffer_add_byte(line, '"');
        message += len + 1;
    }
    buffer_add_text(line, ",\"message\":\"");
    add_escaped(line, message, strlen(message));
    buffer_add_text(line, "\"}");
}

static void write_line(enum log_level level, const char *format,
                       va_list arguments)
{
    struct buffer line = {0}, text = {0};
    const char *message;
    char *said;

    if (level < settings.least)
        return;
    if (vasprintf(&said, format, arguments) < 0)
        return;
    buffer_add_text(&text, thread_about.objects);
    buffer_add_text(&text, said);
    free(said);
    message = buffer_text(&text);
    if (settings.format == LOG_JSON) {
        add_json(&line, level, message);
    } else {
        buffer_printf(&line, "%-6s ", level_names[level]);
        add_escaped(&line, message, strlen(message));
    }
    buffer_add_byte(&line, '\n');
    /* A log that cannot be written is nothing that could be logged. */
    if (write(STDERR_FILENO, line.bytes, line.len) < 0)
        clearerr(stderr);
    buffer_finish(&line);
    buffer_finish(&text);
}

#define WRITE_LINE(level, format)                                              \
    do {                                                                       \
        va_list arguments;                                                     \
        va_start(arguments, format);                                           \
        write_line(level, format, arguments);                                  \
        va_end(arguments);                                                     \
    } while (0)

void log_debug(const char *format, ...)
{
    WRITE_LINE(LOG_DEBUG, format);
}

void log_info(const char *format, ...)
{
    WRITE_LINE(LOG_INFO, format);
}

void log_warn(const char *format, ...)
{
    WRITE_LINE(LOG_WARN, format);
}

void log_error(const char *format, ...)
{
    WRITE_LINE(LOG_ERROR, format);
}

void fatal(const char *format, ...)
{
    WRITE_LINE(LOG_ERROR, format);
    exit(EXIT_FAILURE);
}
