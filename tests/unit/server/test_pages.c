#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "pages.h"

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int make_folder(void **state)
{
    (void)state;
    mkdir("site", 0700);
    write_file("site/index.html", "<p>one</p>");
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink("site/index.html");
    unlink("site/pages.list");
    rmdir("site");
    return 0;
}

static void an_address_or_its_beginning_leads_to_a_page(void **state)
{
    struct pages *pages;

    (void)state;
    write_file("site/pages.list", "# a remark\n\n"
                                  "/      index.html text/html; charset=utf-8\n"
                                  "/app/* index.html text/html\r\n");
    pages = pages_create("site");
    assert_non_null(pages);
    assert_true(pages_have(pages, "/"));
    assert_true(pages_have(pages, "/app/"));
    assert_true(pages_have(pages, "/app/deep/down"));
    assert_false(pages_have(pages, "/app"));
    assert_false(pages_have(pages, "/index.html"));
    assert_false(pages_have(pages, ""));
    pages_destroy(pages);
}

static void a_list_that_is_wrong_gives_no_pages(void **state)
{
    (void)state;
    write_file("site/pages.list", "/ missing.html text/html\n");
    assert_null(pages_create("site"));
    write_file("site/pages.list", "/ index.html\n");
    assert_null(pages_create("site"));
    unlink("site/pages.list");
    assert_null(pages_create("site"));
    assert_null(pages_create("nowhere"));
}

static void no_folder_is_no_pages(void **state)
{
    struct pages *pages = pages_create("");

    (void)state;
    assert_non_null(pages);
    assert_false(pages_have(pages, "/"));
    pages_destroy(pages);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_or_its_beginning_leads_to_a_page),
        cmocka_unit_test(a_list_that_is_wrong_gives_no_pages),
        cmocka_unit_test(no_folder_is_no_pages),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
