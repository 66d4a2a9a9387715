/*
 * fuzz_operation.c - the inputs of the engine's operations
 *
 * The first line names the operation, the rest is its JSON.  What the tables
 * take is within the tables' bounds, and what they object to is told in JSON.
 */
#include "fuzz.h"
#include "operations.h"

enum { VALUES_MAX = 20000 };

static void check_objections(const struct objections *objections)
{
    struct buffer message = {0};
    struct json *told;
    char *text;

    objections_write(objections, &message);
    MUST(message.len > 0);
    told = json_object();
    json_add_text(told, "message", message.bytes);
    text = json_print_and_destroy(told);
    told = json_parse(text, strlen(text));
    MUST(told);
    json_destroy(told);
    free(text);
    buffer_finish(&message);
}

/* One that was not given has its fallback. */
static void check_number(const struct member *member, double number)
{
    MUST((int)number == member->fallback ||
         (number >= (double)member->least &&
          (!member->most || number <= (double)member->most)));
}

static void check_length(const struct member *member, const void *given,
                         size_t len)
{
    MUST(!given || ((int64_t)len >= member->least &&
                    (!member->most || (int64_t)len <= member->most)));
}

static void check_member(const struct member *member, const char *into);

static void check_members(const struct member *members, size_t count,
                          const char *into)
{
    for (size_t i = 0; i < count; i++)
        check_member(&members[i], into);
}

static void check_member(const struct member *member, const char *into)
{
    const void *value = into + member->offset;

    switch (member->kind) {
    case MEMBER_INTEGER:
        check_number(member, (double)*(const int64_t *)value);
        break;
    case MEMBER_FLOAT:
        check_number(member, *(const double *)value);
        break;
    case MEMBER_WORD:
        MUST(*(const int *)value >= 0 &&
             (size_t) * (const int *)value < member->words->count);
        break;
    case MEMBER_WORDS:
        MUST(*(const unsigned *)value >> member->words->count == 0);
        break;
    case MEMBER_BYTES:
        check_length(member, ((const struct blob *)value)->bytes,
                     ((const struct blob *)value)->len);
        break;
    case MEMBER_TEXTS:
        check_length(member, (const void *)((const struct texts *)value)->list,
                     ((const struct texts *)value)->count);
        break;
    case MEMBER_STRUCTURE:
        check_members(member->members, member->member_count, value);
        break;
    case MEMBER_TEXT:
    case MEMBER_MAP:
        break; /* their rules are what reads them */
    }
}

static void read_input(const struct operation *operation,
                       const struct json *document)
{
    void *work = xcalloc(1, operation->work_bytes);
    struct objections objections = {0};

    member_read(operation->members, operation->member_count, document, work,
                &objections);
    if (objections.violation_count)
        check_objections(&objections);
    else if (!objections.misfit.len)
        check_members(operation->members, operation->member_count, work);
    objections_finish(&objections);
    member_finish(operation->members, operation->member_count, work);
    free(work);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct rest rest = {(const char *)bytes, len};
    char *name = rest_line(&rest);
    const struct operation *operation = operations_find(name);
    struct json *document = json_parse_few(rest.bytes, rest.len, VALUES_MAX);

    if (operation && json_is_object(document))
        read_input(operation, document);
    json_destroy(document);
    free(name);
    return 0;
}
