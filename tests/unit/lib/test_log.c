#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

#include "json.h"
#include "log.h"

/* What `play` logs, to be freed. */
static char *hear(enum log_format format, void (*play)(void))
{
    static const char path[] = "log";
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    int before = dup(STDERR_FILENO);

    assert_true(fd >= 0 && before >= 0);
    log_open("test", LOG_INFO, format);
    dup2(fd, STDERR_FILENO);
    play();
    dup2(before, STDERR_FILENO);
    log_open("test", LOG_INFO, LOG_TEXT);
    close(before);
    close(fd);
    return unit_read_file(path, NULL);
}

static void say(void)
{
    const struct log_about about = {"request=7 trace=ab "};

    log_set_about(&about);
    log_warn("job=%s went \"wrong\"\nagain", "x");
    log_debug("nobody hears this");
    log_set_about(NULL);
    log_info("done");
}

static void a_line_begins_with_what_it_is_about(void **state)
{
    char *text = hear(LOG_TEXT, say);

    (void)state;
    assert_string_equal(text, "warn   request=7 trace=ab job=x went \"wrong\""
                              "\\u000aagain\n"
                              "info   done\n");
    free(text);
    remove("log");
}

static void in_json_each_object_is_a_member(void **state)
{
    char *text = hear(LOG_JSON, say);
    struct json *line = json_parse(text, strcspn(text, "\n"));

    (void)state;
    assert_true(json_is_object(line));
    assert_string_equal(json_get_text(line, "level", ""), "warn");
    assert_string_equal(json_get_text(line, "program", ""), "test");
    assert_string_equal(json_get_text(line, "request", ""), "7");
    assert_string_equal(json_get_text(line, "trace", ""), "ab");
    assert_string_equal(json_get_text(line, "job", ""), "x");
    assert_string_equal(json_get_text(line, "message", ""),
                        "went \"wrong\"\nagain");
    json_destroy(line);
    free(text);
    remove("log");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_begins_with_what_it_is_about),
        cmocka_unit_test(in_json_each_object_is_a_member),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
