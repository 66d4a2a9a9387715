/*
 * fuzz_problem.c - problem documents that quote what a stranger has sent
 *
 * The first line is a code, the rest the detail.  The document is JSON and
 * UTF-8, whatever was quoted.
 */
#include "fuzz.h"
#include "problem.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct rest rest = {(const char *)bytes, len};
    char *code = rest_line(&rest);
    char *detail = xmemdup(rest.len ? rest.bytes : "", rest.len);
    enum problem problem = problem_find(code);
    char *text = problem_document(problem, detail);
    struct json *document = json_parse(text, strlen(text));

    MUST(problem > PROBLEM_NONE && problem < PROBLEM_COUNT);
    MUST(json_is_object(document));
    MUST(strcmp(json_get_text(document, "code", ""), problem_code(problem)) ==
         0);
    if (utf8_is_valid(detail, strlen(detail)))
        MUST(strcmp(json_get_text(document, "detail", ""), detail) == 0);
    json_destroy(document);
    json_destroy(problem_json(problem, detail));
    free(text);
    free(detail);
    free(code);
    return 0;
}
