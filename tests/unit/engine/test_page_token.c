#include "unit.h"

#include "page_token.h"

static const char id[] = "0199c1de-7f3a-7000-8000-0123456789ab";

static void a_token_leads_back_to_where_a_page_ended(void **state)
{
    char token[PAGE_TOKEN_BYTES], last[UUID_BYTES];

    (void)state;
    page_token_write("ListFaces people", id, token);
    assert_true(page_token_read("ListFaces people", token, last));
    assert_string_equal(last, id);
}

static void no_token_is_the_first_page(void **state)
{
    char last[UUID_BYTES];

    (void)state;
    assert_true(page_token_read("ListFaces people", NULL, last));
    assert_string_equal(last, "");
    assert_true(page_token_read("ListFaces people", "", last));
    assert_string_equal(last, "");
}

static void a_token_of_another_list_is_none(void **state)
{
    char token[PAGE_TOKEN_BYTES], last[UUID_BYTES];

    (void)state;
    page_token_write("ListFaces people", id, token);
    assert_false(page_token_read("ListFaces guests", token, last));
    assert_false(page_token_read("ListUsers people", token, last));
}

static void what_was_made_up_is_none(void **state)
{
    char token[PAGE_TOKEN_BYTES], last[UUID_BYTES];

    (void)state;
    assert_false(page_token_read("ListFaces people", id, last));
    assert_false(page_token_read("ListFaces people", "people", last));
    page_token_write("ListFaces people", id, token);
    token[0] = token[0] == '0' ? '1' : '0';
    assert_false(page_token_read("ListFaces people", token, last));
}

static void collections_have_tokens_of_their_own(void **state)
{
    static const size_t lengths[] = {1, 246, 247, 255};
    char name[PAGE_TOKEN_ID_BYTES], token[PAGE_TOKEN_ID_BYTES];
    char last[PAGE_TOKEN_ID_BYTES];

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        memset(name, 'c', lengths[i]);
        name[lengths[i]] = '\0';
        page_token_write_id(name, token);
        assert_true(page_token_read_id(token, last));
        assert_string_equal(last, name);
    }
    assert_true(page_token_read_id(NULL, last));
    assert_string_equal(last, "");
}

static void no_other_text_is_a_token_of_collections(void **state)
{
    static const char *const others[] = {"people", "people:", "people:00000000",
                                         ":", "no token of ours"};
    char token[PAGE_TOKEN_BYTES], last[PAGE_TOKEN_ID_BYTES];
    char longer[2 * PAGE_TOKEN_ID_BYTES] = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(page_token_read_id(others[i], last));
    page_token_write("ListFaces people", id, token);
    assert_false(page_token_read_id(token, last));
    memset(longer, 'c', sizeof longer - 1);
    assert_false(page_token_read_id(longer, last));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_leads_back_to_where_a_page_ended),
        cmocka_unit_test(no_token_is_the_first_page),
        cmocka_unit_test(a_token_of_another_list_is_none),
        cmocka_unit_test(what_was_made_up_is_none),
        cmocka_unit_test(collections_have_tokens_of_their_own),
        cmocka_unit_test(no_other_text_is_a_token_of_collections),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
