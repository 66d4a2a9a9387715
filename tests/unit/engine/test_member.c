#include "unit.h"

#include "member.h"

/* An input with a member of every kind. */
struct sample {
    const char *text;
    int word;
    unsigned words;
    int64_t integer;
    double number;
    struct blob blob;
    struct texts texts;
    const struct json *map;
    struct {
        const char *inner;
        struct blob blob;
    } structure;
};

static const char *const colours[] = {"RED", "GREEN", "BLUE"};
static const struct member_words colour_words = {colours, COUNT(colours)};

static const struct member inner_members[] = {
    {.name = "Inner",
     .kind = MEMBER_TEXT,
     .offset = offsetof(struct sample, structure.inner),
     .is_required = true},
    {.name = "Blob",
     .kind = MEMBER_BYTES,
     .offset = offsetof(struct sample, structure.blob),
     .least = 1,
     .most = 6},
};

static const struct member members[] = {
    {.name = "Text",
     .kind = MEMBER_TEXT,
     .offset = offsetof(struct sample, text),
     .least = 2,
     .most = 4,
     .pattern = &pattern_collection},
    {.name = "Word",
     .kind = MEMBER_WORD,
     .offset = offsetof(struct sample, word),
     .words = &colour_words,
     .fallback = 2},
    {.name = "Words",
     .kind = MEMBER_WORDS,
     .offset = offsetof(struct sample, words),
     .words = &colour_words},
    {.name = "Integer",
     .kind = MEMBER_INTEGER,
     .offset = offsetof(struct sample, integer),
     .least = 1,
     .most = 4096,
     .fallback = 100},
    {.name = "Number",
     .kind = MEMBER_FLOAT,
     .offset = offsetof(struct sample, number),
     .most = 100,
     .fallback = 80},
    {.name = "Blob",
     .kind = MEMBER_BYTES,
     .offset = offsetof(struct sample, blob),
     .least = 1,
     .most = 6},
    {.name = "Texts",
     .kind = MEMBER_TEXTS,
     .offset = offsetof(struct sample, texts),
     .least = 1,
     .most = 3,
     .elements = {.most = 4, .least = 1, .pattern = &pattern_collection}},
    {.name = "Map",
     .kind = MEMBER_MAP,
     .offset = offsetof(struct sample, map),
     .most = 2,
     .keys = {.least = 1, .most = 4, .pattern = &pattern_tag_key},
     .elements = {.most = 3}},
    {.name = "Structure",
     .kind = MEMBER_STRUCTURE,
     .members = inner_members,
     .member_count = COUNT(inner_members)},
};

static struct sample sample;
static struct json *document;
static struct objections objections;

static int clear(void **state)
{
    (void)state;
    member_finish(members, COUNT(members), &sample);
    objections_finish(&objections);
    json_destroy(document);
    document = NULL;
    sample = (struct sample){0};
    return 0;
}

static void read_text(const char *text)
{
    clear(NULL);
    document = json_parse(text, strlen(text));
    assert_non_null(document);
    member_read(members, COUNT(members), document, &sample, &objections);
}

static void read_well(const char *text)
{
    read_text(text);
    assert_string_equal(buffer_text(&objections.misfit), "");
    assert_string_equal(buffer_text(&objections.violations), "");
}

static void assert_misfit(const char *text, const char *sentence)
{
    read_text(text);
    assert_string_equal(buffer_text(&objections.misfit), sentence);
}

static void assert_violation(const char *text, const char *sentence)
{
    struct buffer message = {0};

    read_text(text);
    assert_string_equal(buffer_text(&objections.misfit), "");
    objections_write(&objections, &message);
    assert_string_equal(buffer_text(&message), sentence);
    buffer_finish(&message);
}

/* One violation: its value, its place and its constraint. */
static void assert_one(const char *text, const char *at, const char *constraint)
{
    char sentence[1024];

    snprintf(sentence, sizeof sentence,
             "1 validation error detected: Value %s failed to satisfy "
             "constraint: %s",
             at, constraint);
    assert_violation(text, sentence);
}

/* ---- what is well ---- */

static void every_kind_goes_where_it_belongs(void **state)
{
    (void)state;
    read_well("{\"Text\":\"a.b\",\"Word\":\"GREEN\","
              "\"Words\":[\"BLUE\",\"RED\",\"RED\"],\"Integer\":4096,"
              "\"Number\":99.5,\"Blob\":\"AAEC\",\"Texts\":[\"x\",\"y\"],"
              "\"Map\":{\"k\":\"v\"},\"Structure\":{\"Inner\":\"deep\"}}");
    assert_string_equal(sample.text, "a.b");
    assert_int_equal(sample.word, 1);
    assert_int_equal(sample.words, 1 | 4);
    assert_int_equal(sample.integer, 4096);
    assert_true(sample.number == 99.5);
    assert_int_equal(sample.blob.len, 3);
    assert_memory_equal(sample.blob.bytes, "\0\1\2", 3);
    assert_int_equal(sample.texts.count, 2);
    assert_string_equal(sample.texts.list[1], "y");
    assert_string_equal(json_get_text(sample.map, "k", ""), "v");
    assert_string_equal(sample.structure.inner, "deep");
}

static void what_is_missing_or_null_has_its_fallback(void **state)
{
    static const char *const texts[] = {
        "{}",
        "{\"Text\":null,\"Word\":null,\"Words\":null,\"Integer\":null,"
        "\"Number\":null,\"Blob\":null,\"Texts\":null,\"Map\":null,"
        "\"Structure\":null}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        read_well(texts[i]);
        assert_null(sample.text);
        assert_int_equal(sample.word, 2);
        assert_int_equal(sample.words, 0);
        assert_int_equal(sample.integer, 100);
        assert_true(sample.number == 80);
        assert_null(sample.blob.bytes);
        assert_null(sample.texts.list);
        assert_null(sample.map);
        assert_null(sample.structure.inner);
    }
}

static void members_that_nobody_knows_are_passed_over(void **state)
{
    (void)state;
    read_well("{\"Unknown\":[1,{\"x\":null}],\"text\":7,\"Text\":\"ab\"}");
    assert_string_equal(sample.text, "ab");
}

static void bounds_themselves_are_within_bounds(void **state)
{
    (void)state;
    read_well("{\"Text\":\"ab\",\"Integer\":1,\"Number\":0,\"Blob\":\"AA==\","
              "\"Texts\":[\"a\"],\"Map\":{}}");
    read_well("{\"Text\":\"abcd\",\"Integer\":4096,\"Number\":100,"
              "\"Blob\":\"AAAAAAAA\",\"Texts\":[\"abcd\",\"b\",\"c\"],"
              "\"Map\":{\"a\":\"abc\",\"b\":\"\"}}");
    assert_int_equal(sample.blob.len, 6);
}

/* ---- what has another type ---- */

static void another_type_is_told_with_its_place(void **state)
{
    (void)state;
    assert_misfit("{\"Text\":7}",
                  "'text' has a number where a string should be");
    assert_misfit("{\"Word\":true}",
                  "'word' has a boolean where a string should be");
    assert_misfit("{\"Words\":\"RED\"}",
                  "'words' has a string where a list should be");
    assert_misfit("{\"Words\":[\"RED\",{}]}",
                  "'words' has a structure where a string should be");
    assert_misfit("{\"Integer\":\"7\"}",
                  "'integer' has a string where an integer should be");
    assert_misfit("{\"Number\":[]}",
                  "'number' has a list where a number should be");
    assert_misfit("{\"Blob\":7}", "'blob' has a number where base64 should be");
    assert_misfit("{\"Texts\":[null]}",
                  "'texts' has null where a string should be");
    assert_misfit("{\"Map\":[]}", "'map' has a list where a map should be");
    assert_misfit("{\"Map\":{\"a\":1}}",
                  "'map' has a number where a string should be");
    assert_misfit("{\"Structure\":\"x\"}",
                  "'structure' has a string where a structure should be");
    assert_misfit("{\"Structure\":{\"Inner\":1}}",
                  "'structure.inner' has a number where a string should be");
}

static void only_the_first_misfit_is_told(void **state)
{
    (void)state;
    assert_misfit("{\"Integer\":\"7\",\"Text\":7}",
                  "'text' has a number where a string should be");
}

static void an_integer_is_whole_and_has_32_bits(void **state)
{
    (void)state;
    assert_misfit("{\"Integer\":1.5}",
                  "'integer' has a number where an integer should be");
    assert_misfit("{\"Integer\":2147483648}",
                  "'integer' has a number where an integer should be");
    assert_misfit("{\"Integer\":-1e300}",
                  "'integer' has a number where an integer should be");
    read_well("{\"Integer\":2.0}");
    assert_int_equal(sample.integer, 2);
}

static void bytes_are_padded_base64(void **state)
{
    static const char *const texts[] = {
        "{\"Blob\":\"AA\"}", "{\"Blob\":\"AA= \"}", "{\"Blob\":\"AA\\n==\"}",
        "{\"Blob\":\"A-_A\"}"};

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_misfit(texts[i], "'blob' has a string where base64 should be");
}

/* ---- what breaks a rule ---- */

static void a_text_has_a_length_and_a_pattern(void **state)
{
    (void)state;
    assert_one("{\"Text\":\"abcde\"}", "'abcde' at 'text'",
               "Member must have length less than or equal to 4");
    assert_one("{\"Text\":\"a\"}", "'a' at 'text'",
               "Member must have length greater than or equal to 2");
    assert_one("{\"Text\":\"a b\"}", "'a b' at 'text'",
               "Member must satisfy regular expression pattern: "
               "[a-zA-Z0-9_.\\-]+");
}

static void lengths_are_counted_in_characters(void **state)
{
    (void)state;
    /* Two letters of two bytes each: only the pattern is broken. */
    assert_one("{\"Text\":\"\u00e9\u00e9\u00e9\u00e9\"}",
               "'\u00e9\u00e9\u00e9\u00e9' at 'text'",
               "Member must satisfy regular expression pattern: "
               "[a-zA-Z0-9_.\\-]+");
}

static void a_word_is_one_of_its_words(void **state)
{
    (void)state;
    assert_one("{\"Word\":\"red\"}", "'red' at 'word'",
               "Member must satisfy enum value set: [RED, GREEN, BLUE]");
    assert_one("{\"Words\":[\"RED\",\"PINK\"]}", "'[RED, PINK]' at 'words'",
               "Member must satisfy constraint: [Member must satisfy enum "
               "value set: [RED, GREEN, BLUE]]");
}

static void a_number_has_bounds(void **state)
{
    (void)state;
    assert_one("{\"Integer\":0}", "'0' at 'integer'",
               "Member must have value greater than or equal to 1");
    assert_one("{\"Integer\":4097}", "'4097' at 'integer'",
               "Member must have value less than or equal to 4096");
    assert_one("{\"Integer\":2147483647}", "'2147483647' at 'integer'",
               "Member must have value less than or equal to 4096");
    assert_one("{\"Number\":-0.5}", "'-0.5' at 'number'",
               "Member must have value greater than or equal to 0");
    assert_one("{\"Number\":101}", "'101.0' at 'number'",
               "Member must have value less than or equal to 100");
}

static void bytes_have_a_length_and_are_not_quoted(void **state)
{
    (void)state;
    assert_one("{\"Blob\":\"\"}", "'...' at 'blob'",
               "Member must have length greater than or equal to 1");
    assert_one("{\"Blob\":\"AAAAAAAAAA==\"}", "'...' at 'blob'",
               "Member must have length less than or equal to 6");
    assert_one("{\"Blob\":\"AAAAAAAAAAAAAAAA\"}", "'...' at 'blob'",
               "Member must have length less than or equal to 6");
    assert_one("{\"Structure\":{\"Inner\":\"\",\"Blob\":\"\"}}",
               "'...' at 'structure.blob'",
               "Member must have length greater than or equal to 1");
}

static void a_list_has_a_length_and_its_elements_a_rule(void **state)
{
    (void)state;
    assert_one("{\"Texts\":[]}", "'[]' at 'texts'",
               "Member must have length greater than or equal to 1");
    assert_one("{\"Texts\":[\"a\",\"b\",\"c\",\"d\"]}",
               "'[a, b, c, d]' at 'texts'",
               "Member must have length less than or equal to 3");
    assert_one("{\"Texts\":[\"a\",\"b c\"]}", "'[a, b c]' at 'texts'",
               "Member must satisfy constraint: [Member must have length less "
               "than or equal to 4, Member must have length greater than or "
               "equal to 1, Member must satisfy regular expression pattern: "
               "[a-zA-Z0-9_.\\-]+]");
}

static void a_map_has_a_size_and_rules_for_keys_and_values(void **state)
{
    (void)state;
    assert_one("{\"Map\":{\"a\":\"\",\"b\":\"\",\"c\":\"\"}}",
               "'{a=, b=, c=}' at 'map'",
               "Member must have length less than or equal to 2");
    assert_one("{\"Map\":{\"aws:\":\"\"}}", "'{aws:=}' at 'map'",
               "Map keys must satisfy constraint: [Member must have length "
               "less than or equal to 4, Member must have length greater than "
               "or equal to 1, Member must satisfy regular expression pattern: "
               "^(?!aws:)[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*$]");
    assert_one("{\"Map\":{\"a\":\"1\",\"a\":\"2\"}}", "'{a=1, a=2}' at 'map'",
               "Map keys must be unique");
    assert_one("{\"Map\":{\"a\":\"long\"}}", "'{a=long}' at 'map'",
               "Map value must satisfy constraint: [Member must have length "
               "less than or equal to 3, Member must have length greater than "
               "or equal to 0]");
}

static void a_required_member_of_a_structure_is_asked_for(void **state)
{
    (void)state;
    assert_one("{\"Structure\":{}}", "null at 'structure.inner'",
               "Member must not be null");
    assert_one("{\"Structure\":{\"Inner\":null}}", "null at 'structure.inner'",
               "Member must not be null");
}

static void all_violations_are_told_in_the_order_of_the_table(void **state)
{
    (void)state;
    assert_violation(
        "{\"Integer\":0,\"Text\":\" \"}",
        "3 validation errors detected: Value ' ' at 'text' failed to satisfy "
        "constraint: Member must have length greater than or equal to 2; "
        "Value ' ' at 'text' failed to satisfy constraint: Member must "
        "satisfy regular expression pattern: [a-zA-Z0-9_.\\-]+; Value '0' at "
        "'integer' failed to satisfy constraint: Member must have value "
        "greater than or equal to 1");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, clear, clear)
    const struct CMUnitTest tests[] = {
        TEST(every_kind_goes_where_it_belongs),
        TEST(what_is_missing_or_null_has_its_fallback),
        TEST(members_that_nobody_knows_are_passed_over),
        TEST(bounds_themselves_are_within_bounds),
        TEST(another_type_is_told_with_its_place),
        TEST(only_the_first_misfit_is_told),
        TEST(an_integer_is_whole_and_has_32_bits),
        TEST(bytes_are_padded_base64),
        TEST(a_text_has_a_length_and_a_pattern),
        TEST(lengths_are_counted_in_characters),
        TEST(a_word_is_one_of_its_words),
        TEST(a_number_has_bounds),
        TEST(bytes_have_a_length_and_are_not_quoted),
        TEST(a_list_has_a_length_and_its_elements_a_rule),
        TEST(a_map_has_a_size_and_rules_for_keys_and_values),
        TEST(a_required_member_of_a_structure_is_asked_for),
        TEST(all_violations_are_told_in_the_order_of_the_table),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
