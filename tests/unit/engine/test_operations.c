#include "unit.h"

#include "operations.h"

/*
 * The tables of all inputs, held against a machine-readable description of
 * Rekognition's service model, rekognition-shapes.json.
 */
static struct json *model;

static int read_model(void **state)
{
    size_t len;
    char *text = unit_read_file(
        unit_source("tests/conformance/rekognition-shapes.json"), &len);

    (void)state;
    model = json_parse(text, len);
    free(text);
    assert_non_null(model);
    return 0;
}

static int forget_model(void **state)
{
    (void)state;
    json_destroy(model);
    return 0;
}

static const struct json *shape_of(const char *name)
{
    const struct json *shape = json_get(json_get(model, "shapes"), name);

    if (!shape)
        fail_msg("the model has no shape %s", name);
    return shape;
}

static bool is_required(const struct json *structure, const char *name)
{
    const struct json *list = json_get(structure, "required");

    for (const struct json *e = json_first(list); e; e = json_next(e))
        if (strcmp(json_text(e), name) == 0)
            return true;
    return false;
}

/* ---- one member ---- */

static void assert_type(const struct json *shape, const char *type)
{
    assert_string_equal(json_get_text(shape, "type", ""), type);
}

static void assert_pattern(const struct pattern *pattern,
                           const struct json *shape)
{
    assert_string_equal(pattern ? pattern->text : "",
                        json_get_text(shape, "pattern", ""));
}

/* A text has no most where the model has none, and 0 is no bound. */
static void assert_bounds(double least, double most, const struct json *shape)
{
    assert_true(least == json_get_number(shape, "min", 0));
    assert_true(most == json_get_number(shape, "max", 0));
}

static void assert_rule(const struct member_rule *rule,
                        const struct json *shape)
{
    assert_type(shape, "string");
    assert_bounds((double)rule->least, (double)rule->most, shape);
    assert_pattern(rule->pattern, shape);
}

static void assert_words(const struct member_words *words,
                         const struct json *shape)
{
    const struct json *word = json_first(json_get(shape, "enum"));

    assert_type(shape, "string");
    assert_int_equal(words->count, json_count(json_get(shape, "enum")));
    for (size_t i = 0; i < words->count; i++, word = json_next(word))
        assert_string_equal(words->list[i], json_text(word));
}

static void check_members(const struct member *members, size_t count,
                          const struct json *structure);

static void check_member(const struct member *member, const struct json *shape)
{
    const char *element = json_get_text(shape, "member", "");

    if (member->kind != MEMBER_STRUCTURE)
        assert_bounds((double)member->least, (double)member->most, shape);
    switch (member->kind) {
    case MEMBER_TEXT:
        assert_type(shape, "string");
        assert_pattern(member->pattern, shape);
        assert_null(json_get(shape, "enum"));
        break;
    case MEMBER_WORD:
        assert_words(member->words, shape);
        break;
    case MEMBER_WORDS:
        assert_type(shape, "list");
        assert_words(member->words, shape_of(element));
        break;
    case MEMBER_INTEGER:
        assert_type(shape, "integer");
        break;
    case MEMBER_FLOAT:
        assert_type(shape, "float");
        break;
    case MEMBER_BYTES:
        assert_type(shape, "blob");
        break;
    case MEMBER_TEXTS:
        assert_type(shape, "list");
        assert_rule(&member->elements, shape_of(element));
        break;
    case MEMBER_MAP:
        assert_type(shape, "map");
        assert_rule(&member->keys, shape_of(json_get_text(shape, "key", "")));
        assert_rule(&member->elements,
                    shape_of(json_get_text(shape, "value", "")));
        break;
    case MEMBER_STRUCTURE:
        check_members(member->members, member->member_count, shape);
        break;
    }
}

/* ---- all of them ---- */

static void check_members(const struct member *members, size_t count,
                          const struct json *structure)
{
    const struct json *list = json_get(structure, "members");

    assert_type(structure, "structure");
    assert_int_equal(json_count(list), count);
    for (size_t i = 0; i < count; i++) {
        const char *shape = json_get_text(list, members[i].name, NULL);

        if (!shape)
            fail_msg("the model has no member %s", members[i].name);
        print_message("%s: %s\n", members[i].name, shape);
        assert_int_equal(members[i].is_required,
                         is_required(structure, members[i].name));
        check_member(&members[i], shape_of(shape));
    }
}

static void every_input_is_as_the_service_model_has_it(void **state)
{
    const struct json *list = json_get(model, "operations");

    (void)state;
    assert_int_equal(json_count(list), 21);
    for (const struct json *e = json_first(list); e; e = json_next(e)) {
        const struct operation *operation = operations_find(json_name(e));

        assert_non_null(operation);
        print_message("---- %s\n", operation->name);
        check_members(operation->members, operation->member_count,
                      shape_of(json_get_text(e, "input", "")));
    }
}

/* But for one: a key may do everything here. */
static void every_exception_of_the_model_is_known(void **state)
{
    const struct json *list = json_get(model, "operations");

    (void)state;
    for (const struct json *e = json_first(list); e; e = json_next(e)) {
        const struct json *errors = json_get(e, "errors");

        for (const struct json *x = json_first(errors); x; x = json_next(x)) {
            bool is_known = strcmp(json_text(x), "AccessDeniedException") == 0;

            for (unsigned i = EXCEPTION_NONE + 1; i <= EXCEPTION_HTTP_VERSION;
                 i++)
                is_known |= strcmp(exception_name(i), json_text(x)) == 0;
            if (!is_known)
                fail_msg("nobody knows %s", json_text(x));
        }
    }
}

static void operations_are_found_by_their_exact_name(void **state)
{
    (void)state;
    assert_string_equal(operations_find("DetectFaces")->name, "DetectFaces");
    assert_string_equal(operations_find("UntagResource")->name,
                        "UntagResource");
    assert_null(operations_find(""));
    assert_null(operations_find("detectfaces"));
    assert_null(operations_find("DetectFaces "));
    assert_null(operations_find("DetectLabels"));
}

static const struct member *find_member(const char *operation, const char *name)
{
    const struct operation *row = operations_find(operation);

    for (size_t i = 0; i < row->member_count; i++)
        if (strcmp(row->members[i].name, name) == 0)
            return &row->members[i];
    fail_msg("%s has no %s", operation, name);
    return NULL;
}

/* The model does not have them; AWS's guide tells them. */
static void what_is_not_given_is_as_aws_has_it(void **state)
{
    static const struct {
        const char *operation, *member;
        int fallback;
    } rows[] = {
        {"SearchFaces", "FaceMatchThreshold", 80},
        {"SearchFacesByImage", "FaceMatchThreshold", 80},
        {"CompareFaces", "SimilarityThreshold", 80},
        {"SearchFaces", "MaxFaces", 4096},
        {"SearchFacesByImage", "MaxFaces", 4096},
        {"IndexFaces", "MaxFaces", 100},
        {"IndexFaces", "QualityFilter", 1}, /* AUTO */
        {"SearchFacesByImage", "QualityFilter", 0},
        {"CompareFaces", "QualityFilter", 0},
        {"AssociateFaces", "UserMatchThreshold", 75},
        {"SearchUsers", "UserMatchThreshold", 80},
        {"SearchUsers", "MaxUsers", 500},
        {"SearchUsersByImage", "UserMatchThreshold", 80},
        {"SearchUsersByImage", "MaxUsers", 500},
        {"SearchUsersByImage", "QualityFilter", 0},
        {"ListUsers", "MaxResults", 500},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(
            find_member(rows[i].operation, rows[i].member)->fallback,
            rows[i].fallback);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_are_found_by_their_exact_name),
        cmocka_unit_test(what_is_not_given_is_as_aws_has_it),
        cmocka_unit_test(every_input_is_as_the_service_model_has_it),
        cmocka_unit_test(every_exception_of_the_model_is_known),
    };

    return cmocka_run_group_tests(tests, read_model, forget_model);
}
