/*
 * Holds the contracts for machines to the prose, the tables in C and the
 * examples.  They are read as text: what is looked for stands on lines whose
 * form is ours.
 */
#include "examples.h"

#include "buffer.h"
#include "names.h"
#include "problem.h"
#include "stages.h"

static char *read_source(const char *path)
{
    return unit_read_file(unit_source(path), NULL);
}

static void assert_says(const char *file, const char *text, const char *words)
{
    if (!strstr(text, words))
        fail_msg("%s does not say:\n%s", file, words);
}

static void the_codes_are_those_of_the_table(void **state)
{
    char *text = read_source("proto/openapi.yaml");
    struct buffer wanted = {0};
    char *start, *end;

    (void)state;
    buffer_add_text(&wanted, "      enum:\n");
    for (int i = 1; i < PROBLEM_COUNT; i++)
        buffer_printf(&wanted, "        - %s\n", problem_code((enum problem)i));

    start = strstr(text, "    ProblemCode:\n");
    assert_non_null(start);
    start = strstr(start, "      enum:\n");
    assert_non_null(start);
    end = strstr(start, "\n\n");
    assert_non_null(end);
    end[1] = '\0';
    assert_string_equal(start, buffer_text(&wanted));
    buffer_finish(&wanted);
    free(text);
}

static void every_code_has_its_status_and_sentence(void **state)
{
    char *text = read_source("proto/openapi.yaml");
    char row[256];

    (void)state;
    for (int i = 1; i < PROBLEM_COUNT; i++) {
        snprintf(row, sizeof row, "        | `%s` | %d | %s |\n",
                 problem_code((enum problem)i), problem_status((enum problem)i),
                 problem_sentence((enum problem)i));
        assert_says("openapi.yaml", text, row);
    }
    free(text);
}

static void add_word(struct buffer *list, int i, const char *word)
{
    buffer_printf(list, "%s%s", i ? ", " : "enum: [", word);
}

static void kinds_and_states_have_our_words(void **state)
{
    char *text = read_source("proto/openapi.yaml");
    struct buffer list = {0};

    (void)state;
    for (int i = 0; i < JOB_KINDS; i++)
        add_word(&list, i, job_kind_name((enum job_kind)i));
    assert_says("openapi.yaml", text, buffer_text(&list));
    buffer_clear(&list);
    for (int i = 0; i < JOB_STATUSES; i++)
        add_word(&list, i, job_status_name((enum job_status)i));
    assert_says("openapi.yaml", text, buffer_text(&list));
    buffer_clear(&list);
    for (int i = 0; i < PRIORITIES; i++)
        add_word(&list, i, priority_name((enum priority)i));
    assert_says("openapi.yaml", text, buffer_text(&list));
    buffer_finish(&list);
    free(text);
}

static void both_contracts_are_of_this_version(void **state)
{
    static const char *const files[] = {"proto/openapi.yaml",
                                        "proto/asyncapi.yaml"};

    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        char *text = read_source(files[i]);

        assert_says(files[i], text, "\n  version: " FACEWIRE_VERSION "\n");
        free(text);
    }
}

/* The part of openapi.yaml below a path. */
static char *copy_of_path(const char *openapi, const char *path)
{
    char line[160];
    const char *start;
    size_t len;

    snprintf(line, sizeof line, "\n  %s:\n", path);
    start = strstr(openapi, line);
    if (!start) {
        fail_msg("openapi.yaml has no path %s", path);
        return NULL;
    }
    start += strlen(line);
    for (len = 0; start[len] && strncmp(start + len, "\n  /", 4) != 0;)
        len++;
    return strndup(start, len);
}

/* http.md writes a route as a method and a path, which ends at a query, a
 * quote or the end of the words. */
static void every_route_of_the_page_has_a_contract(void **state)
{
    static const struct {
        const char *prose;
        const char *contract;
    } methods[] = {
        {"GET /", "    get:\n"},
        {"POST /", "    post:\n"},
        {"PATCH /", "    patch:\n"},
        {"DELETE /", "    delete:\n"},
    };
    char *page = read_source("proto/http.md");
    char *openapi = read_source("proto/openapi.yaml");
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(methods); i++) {
        const size_t skip = strlen(methods[i].prose) - 1;

        for (const char *at = strstr(page, methods[i].prose); at;
             at = strstr(at + 1, methods[i].prose)) {
            char path[128];
            char *part;

            snprintf(path, sizeof path, "%.*s",
                     (int)strcspn(at + skip, "?`, \n"), at + skip);
            part = copy_of_path(openapi, path);
            assert_says(path, part, methods[i].contract);
            free(part);
            count++;
        }
    }
    assert_true(count >= 20);
    free(page);
    free(openapi);
}

static void every_close_code_of_the_page_is_told(void **state)
{
    char *page = read_source("proto/live.md");
    char *asyncapi = read_source("proto/asyncapi.yaml");
    size_t count = 0;

    (void)state;
    for (const char *row = strstr(page, "\n| "); row;
         row = strstr(row + 1, "\n| ")) {
        char words[32];

        if (strspn(row + 3, "0123456789") != 4)
            continue;
        snprintf(words, sizeof words, "- {code: %.4s,", row + 3);
        assert_says("asyncapi.yaml", asyncapi, words);
        count++;
    }
    assert_true(count >= 10);
    free(page);
    free(asyncapi);
}

/* The whole JSON object at `text`. */
static size_t object_length(const char *text)
{
    bool in_text = false;
    int depth = 0;
    size_t i = 0;

    do {
        if (in_text && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            in_text = !in_text;
        else if (!in_text && text[i] == '{')
            depth++;
        else if (!in_text && text[i] == '}')
            depth--;
        i++;
    } while (depth > 0 && text[i]);
    return i;
}

/* A comment names the file that the JSON below it is the same as. */
static size_t check_shown(const char *contract)
{
    static const char mark[] = "# examples/";
    char *text = read_source(contract);
    size_t count = 0;

    for (char *at = strstr(text, mark); at; at = strstr(at + 1, mark)) {
        char path[256];
        char *shown, *file;

        snprintf(path, sizeof path, "proto/%.*s", (int)strcspn(at + 2, "\n"),
                 at + 2);
        at = strchr(at, '{');
        assert_non_null(at);
        shown = example_squeezed(strndup(at, object_length(at)));
        file = example_squeezed(read_source(path));
        if (strcmp(shown, file) != 0)
            fail_msg("%s shows another %s", contract, path);
        free(shown);
        free(file);
        count++;
    }
    free(text);
    return count;
}

static void the_examples_that_are_shown_are_the_files(void **state)
{
    (void)state;
    assert_true(check_shown("proto/openapi.yaml") >= 20);
    assert_true(check_shown("proto/asyncapi.yaml") >= 20);
}

static void the_stages_are_those_of_the_table(void **state)
{
    char *text = read_source("proto/openapi.yaml");
    char *prose = read_source("proto/http.md");
    struct buffer wanted = {0};
    char row[64];

    (void)state;
    for (int i = 0; i < STAGES; i++) {
        const char *name = stage_name((enum job_stage)i);

        buffer_printf(&wanted, "            - %s\n", name);
        snprintf(row, sizeof row, "\n| `%s` | ", name);
        assert_says("http.md", prose, row);
    }
    buffer_add_text(&wanted, "        at_us:\n");
    assert_says("openapi.yaml", text, wanted.bytes);
    buffer_finish(&wanted);
    free(prose);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_stages_are_those_of_the_table),
        cmocka_unit_test(the_codes_are_those_of_the_table),
        cmocka_unit_test(every_code_has_its_status_and_sentence),
        cmocka_unit_test(kinds_and_states_have_our_words),
        cmocka_unit_test(both_contracts_are_of_this_version),
        cmocka_unit_test(every_route_of_the_page_has_a_contract),
        cmocka_unit_test(every_close_code_of_the_page_is_told),
        cmocka_unit_test(the_examples_that_are_shown_are_the_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
