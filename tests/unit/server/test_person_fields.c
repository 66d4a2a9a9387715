#include "unit.h"

#include "person_fields.h"

typedef enum problem check_fn(const char *text, char detail[static 128]);

static void expect(check_fn *check, const char *text, enum problem wanted)
{
    char detail[128] = "";

    if (check(text, detail) != wanted)
        fail_msg("\"%.60s\" is judged otherwise: %s", text, detail);
    if (wanted != PROBLEM_NONE && !strchr(detail, ' '))
        fail_msg("\"%.60s\" gets no sentence", text);
}

static char *repeated(const char *text, size_t count)
{
    size_t len = strlen(text);
    char *all = malloc(len * count + 1);

    for (size_t i = 0; i < count; i++)
        memcpy(all + i * len, text, len);
    all[len * count] = '\0';
    return all;
}

static void expect_lengths(check_fn *check, const char *text, size_t most)
{
    char *longest = repeated(text, most);
    char *longer = repeated(text, most + 1);

    expect(check, longest, PROBLEM_NONE);
    expect(check, longer, PROBLEM_INVALID_FIELD);
    free(longest);
    free(longer);
}

static void a_name_has_1_to_200_characters_of_any_script(void **state)
{
    (void)state;
    expect(person_check_name, "Ada Lovelace", PROBLEM_NONE);
    expect(person_check_name, "李", PROBLEM_NONE);
    expect(person_check_name, "", PROBLEM_INVALID_FIELD);
    expect(person_check_name, "   ", PROBLEM_INVALID_FIELD);
    expect(person_check_name, "a\nb", PROBLEM_INVALID_FIELD);
    expect(person_check_name, "a\x7f", PROBLEM_INVALID_FIELD);
    expect_lengths(person_check_name, "ä", 200);
}

static void nothing_that_is_shown_moves_the_cursor(void **state)
{
    (void)state;
    expect(person_check_name, "Ada\xc2\x85Lovelace", PROBLEM_INVALID_FIELD);
    expect(person_check_name, "Ada \xe2\x80\xae evil", PROBLEM_INVALID_FIELD);
    expect(person_check_name, "Ada\xe2\x80\xa8Love", PROBLEM_INVALID_FIELD);
    expect(person_check_name, "Ada\xe2\x81\xa6Love", PROBLEM_INVALID_FIELD);
    /* Persian joins no letters there, and a blank may not break. */
    expect(person_check_name, "می\xe2\x80\x8cرود", PROBLEM_NONE);
    expect(person_check_name, "Ada\xc2\xa0L. \xe2\x80\x93 \xe2\x81\x82",
           PROBLEM_NONE);
    expect(person_check_email, "\x1b[31m@example.org", PROBLEM_INVALID_FIELD);
    expect(person_check_email, "ada\xe2\x80\xae@b.org", PROBLEM_INVALID_FIELD);
}

static void a_key_has_letters_digits_and_four_signs(void **state)
{
    (void)state;
    expect(person_check_external_id, "u-17_a.b:C", PROBLEM_NONE);
    expect(person_check_external_id, "", PROBLEM_INVALID_FIELD);
    expect(person_check_external_id, "a b", PROBLEM_INVALID_FIELD);
    expect(person_check_external_id, "a/b", PROBLEM_INVALID_FIELD);
    expect(person_check_external_id, "ä", PROBLEM_INVALID_FIELD);
    expect_lengths(person_check_external_id, "x", 128);
}

static void an_address_has_two_sides(void **state)
{
    (void)state;
    expect(person_check_email, "ada@example.org", PROBLEM_NONE);
    expect(person_check_email, "a@b", PROBLEM_NONE);
    expect(person_check_email, "ada", PROBLEM_INVALID_FIELD);
    expect(person_check_email, "@example.org", PROBLEM_INVALID_FIELD);
    expect(person_check_email, "ada@", PROBLEM_INVALID_FIELD);
    expect(person_check_email, "a@b@c", PROBLEM_INVALID_FIELD);
    expect(person_check_email, "a@b, c@d", PROBLEM_INVALID_FIELD);
    expect(person_check_email, "", PROBLEM_INVALID_FIELD);
}

static void details_are_one_object_of_8_kb(void **state)
{
    char *blanks = repeated(" ", 8 * 1024 - 2);
    char *text = malloc(8 * 1024 + 2);

    (void)state;
    expect(person_check_details, "{\"a\":[1,{\"b\":null}]}", PROBLEM_NONE);
    expect(person_check_details, "[]", PROBLEM_INVALID_FIELD);
    expect(person_check_details, "1", PROBLEM_INVALID_FIELD);
    expect(person_check_details, "", PROBLEM_INVALID_FIELD);
    expect(person_check_details, "{} {}", PROBLEM_INVALID_FIELD);
    sprintf(text, "{%s}", blanks);
    expect(person_check_details, text, PROBLEM_NONE);
    sprintf(text, "{%s }", blanks);
    expect(person_check_details, text, PROBLEM_INVALID_FIELD);
    free(blanks);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_has_1_to_200_characters_of_any_script),
        cmocka_unit_test(nothing_that_is_shown_moves_the_cursor),
        cmocka_unit_test(a_key_has_letters_digits_and_four_signs),
        cmocka_unit_test(an_address_has_two_sides),
        cmocka_unit_test(details_are_one_object_of_8_kb),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
