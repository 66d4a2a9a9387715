#include "unit.h"

#include "basics.h"
#include "errors.h"
#include "multipart_head.h"

#define FORM_DATA "Content-Disposition: form-data; "

/* Reads `lines` as a head; what it says is written as "name|file|type". */
static int read_head(const char *lines, char heard[static 200],
                     const char **problem)
{
    struct multipart_part part;
    char head[400];
    size_t len;
    int error;

    len = (size_t)snprintf(head, sizeof head, "%s%s\r\n", lines,
                           *lines ? "\r\n" : "");
    error = multipart_head_read(head, len, &part, problem);
    if (error == 0)
        snprintf(heard, 200, "%s|%s|%s", part.name,
                 part.file_name ? part.file_name : "-",
                 part.content_type ? part.content_type : "-");
    return error;
}

static void heads_are_read_in_every_spelling(void **state)
{
    static const char *const heads[][2] = {
        {"Content-Disposition:form-data;name=a", "a|-|-"},
        {"CONTENT-DISPOSITION: FORM-DATA; NAME=\"a\"", "a|-|-"},
        {"Content-Type: text/plain \r\n" FORM_DATA "name=a", "a|-|text/plain"},
        {FORM_DATA "name=a\r\nContent-Type:text/plain", "a|-|text/plain"},
        {FORM_DATA "filename=\"x\"; name=\"a\";", "a|x|-"},
        {FORM_DATA "name=\"a;b=\\\"c\\\\d\\e\"", "a;b=\"c\\d\\e|-|-"},
        {FORM_DATA "name=\"a\"; filename=\"C:\\x\\y\"", "a|C:\\x\\y|-"},
        {FORM_DATA "name=\"a\"; filename=\"%22\"", "a|%22|-"},
        {FORM_DATA "name=\"\xe2\x82\xac\"", "\xe2\x82\xac|-|-"},
        {FORM_DATA "\r\n name=\"a\";\r\n\tfilename=\"\"", "a||-"},
        {"Content-Transfer-Encoding: binary\r\nX-Foo:\r\n" FORM_DATA
         "name=\"a\"; size=3",
         "a|-|-"},
        {"X-Nothing: else", "|-|-"},
        {"Content-Disposition: form-data", "|-|-"},
        {"", "|-|-"},
    };
    char heard[200];
    const char *problem;

    (void)state;
    for (size_t i = 0; i < COUNT(heads); i++) {
        assert_int_equal(read_head(heads[i][0], heard, &problem), 0);
        assert_string_equal(heard, heads[i][1]);
    }
}

static void extended_file_names_come_first(void **state)
{
    static const char *const heads[][2] = {
        {"filename=x; filename*=utf-8'en'na%C3%AFve%20%27.jpg",
         "|na\xc3\xafve '.jpg|-"},
        {"filename*=UTF-8''y; filename=x", "|y|-"},
        {"filename*=\"UTF-8''y\"", "|y|-"},
        {"filename*=iso-8859-1''%E9; filename=e", "|e|-"},
        {"filename*=iso-8859-1''%E9", "||-"},
        {"filename*0=x; filename*1=y", "|-|-"},
    };
    char heard[200], line[100];
    const char *problem;

    (void)state;
    for (size_t i = 0; i < COUNT(heads); i++) {
        snprintf(line, sizeof line, FORM_DATA "%s", heads[i][0]);
        assert_int_equal(read_head(line, heard, &problem), 0);
        assert_string_equal(heard, heads[i][1]);
    }
}

static void bad_dispositions_are_refused(void **state)
{
    static const char *const parameters[] = {
        "name=\"a",
        "name=\"a\\\"",
        "name=\"a\"b",
        "name",
        "=a",
        "name =a",
        "name=a; name=b",
        "name=\"\"; name=\"\"",
        "filename=a; filename=b",
        "filename*=UTF-8''a; filename*=UTF-8''b",
        "filename*=a",
        "filename*=UTF-8'a",
        "filename*=UTF-8''%",
        "filename*=UTF-8''%0",
        "filename*=UTF-8''%zz",
        "filename*=UTF-8''a%00b",
        "filename*=UTF-8''a%0d%0ab",
        "filename*=UTF-8''%ff",
    };
    char heard[200], line[100];
    const char *problem;

    (void)state;
    for (size_t i = 0; i < COUNT(parameters); i++) {
        snprintf(line, sizeof line, FORM_DATA "%s", parameters[i]);
        assert_int_equal(read_head(line, heard, &problem), E_INVALID);
        assert_string_equal(problem, "A part's Content-Disposition is not well "
                                     "formed.");
    }
}

static void heads_that_mean_nothing_are_refused(void **state)
{
    static const char control[] =
        "A part's head has a control character in it.";
    static const char line[] = "A part's head has a line that is no header.";
    static const char *const heads[][2] = {
        {"Content-Disposition: attachment; name=a",
         "A part's Content-Disposition is not form-data."},
        {FORM_DATA "name=a\r\n" FORM_DATA "name=a",
         "A part has more than one Content-Disposition."},
        {"Content-Type: a/b\r\nContent-Type: a/b",
         "A part has more than one Content-Type."},
        {"no header", line},
        {": empty", line},
        {"Blank : before", line},
        {" folded: first", line},
        {FORM_DATA "name=\"a\rb\"", control},
        {FORM_DATA "name=\"a\nb\"", control},
        {FORM_DATA "name=\"a\x7f\"", control},
        {FORM_DATA "name=\"\xff\"", "A part's head is not UTF-8."},
    };
    char heard[200];
    const char *problem;

    (void)state;
    for (size_t i = 0; i < COUNT(heads); i++) {
        assert_int_equal(read_head(heads[i][0], heard, &problem), E_INVALID);
        assert_string_equal(problem, heads[i][1]);
    }
}

static void boundaries_are_found_in_the_content_type(void **state)
{
    static const char *const good[] = {
        "multipart/form-data;boundary=b c",
        "Multipart/Form-Data; Boundary=\"b c\"",
        "multipart/form-data ; charset=utf-8; boundary= b c ; x=\"y;z\"",
        " multipart/form-data;; boundary=b c;",
    };
    static const char *const bad[] = {
        "",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"b",
        "multipart/form-data; boundary=\"b \"",
        "multipart/form-data; boundary=b*",
        "multipart/form-data; boundary=\"\\b\"",
        "multipart/form-data; boundary=b; boundary=b",
        "multipart/form-data; boundary",
        "multipart/mixed; boundary=b",
        "image/jpeg",
    };
    char boundary[BOUNDARY_BYTES];

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_int_equal(multipart_boundary(good[i], boundary), 0);
        assert_string_equal(boundary, "b c");
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(multipart_boundary(bad[i], boundary), E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_are_read_in_every_spelling),
        cmocka_unit_test(extended_file_names_come_first),
        cmocka_unit_test(bad_dispositions_are_refused),
        cmocka_unit_test(heads_that_mean_nothing_are_refused),
        cmocka_unit_test(boundaries_are_found_in_the_content_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
