#include "unit.h"

#include "basics.h"
#include "buffer.h"
#include "errors.h"
#include "multipart.h"

#define FORM "multipart/form-data; boundary="
#define HEAD "Content-Disposition: form-data; name=\"a\"\r\n\r\n"

/* Writes down what the reader tells: "[name|file|type]content." a part. */
struct listener {
    struct buffer heard;
    int error;         /* what on_bytes says */
    const char *piece; /* where the piece that is being read lies */
    size_t piece_len;  /* and its length */
    size_t foreign;    /* bytes that came from elsewhere */
};

static int on_part(void *owner, const struct multipart_part *part)
{
    struct listener *listener = owner;

    buffer_printf(&listener->heard, "[%s|%s|%s]", part->name,
                  part->file_name ? part->file_name : "-",
                  part->content_type ? part->content_type : "-");
    return 0;
}

static int on_bytes(void *owner, const char *bytes, size_t len)
{
    struct listener *listener = owner;

    assert_true(len > 0);
    if (bytes < listener->piece ||
        bytes >= listener->piece + listener->piece_len)
        listener->foreign += len;
    buffer_add(&listener->heard, bytes, len);
    return listener->error;
}

static int on_part_end(void *owner)
{
    struct listener *listener = owner;

    buffer_add_text(&listener->heard, ".");
    return 0;
}

static const struct multipart_events events = {on_part, on_bytes, on_part_end};
static const struct multipart_limits limits = {.parts = 4, .head_bytes = 400};

static struct multipart *create(const char *content_type,
                                struct listener *listener)
{
    return multipart_create(content_type, &limits, &events, listener);
}

/* Reads from a copy of exactly its size, so that a look past its end shows. */
static int read_piece(struct multipart *multipart, struct listener *listener,
                      const char *bytes, size_t len)
{
    char *piece = malloc(len ? len : 1);
    int error;

    memcpy(piece, bytes, len);
    listener->piece = piece;
    listener->piece_len = len;
    error = multipart_read(multipart, piece, len);
    free(piece);
    return error;
}

static int finish(struct multipart *multipart, int error, const char *problem)
{
    if (error == 0)
        error = multipart_end(multipart);
    if (error != 0 && problem)
        assert_string_equal(multipart_problem(multipart), problem);
    multipart_destroy(multipart);
    return error;
}

/* Reads a whole body in one piece; what was heard is in `listener`. */
static int read_whole(const char *content_type, const char *body, size_t len,
                      struct listener *listener, const char *problem)
{
    struct multipart *multipart = create(content_type, listener);

    assert_non_null(multipart);
    return finish(multipart, read_piece(multipart, listener, body, len),
                  problem);
}

static void assert_hears(const char *content_type, const char *body,
                         const char *expected)
{
    struct listener listener = {0};

    assert_int_equal(
        read_whole(content_type, body, strlen(body), &listener, NULL), 0);
    assert_string_equal(buffer_text(&listener.heard), expected);
    buffer_finish(&listener.heard);
}

static void assert_refuses(const char *body, size_t len, int error,
                           const char *problem)
{
    struct listener listener = {0};

    assert_int_equal(read_whole(FORM "b", body, len, &listener, problem),
                     error);
    buffer_finish(&listener.heard);
}

static const char typical[] =
    "ignore me\r\n"
    "--b1\r\n"
    "Content-Disposition: form-data; name=\"threshold\"\r\n"
    "\r\n"
    "80\r\n"
    "--b1 \t\r\n"
    "CONTENT-TYPE:image/jpeg\r\n"
    "X-Whatever: yes\r\n"
    "content-disposition:form-data;filename=\"a b.jpg\";name=image\r\n"
    "\r\n"
    "\r\n--b2\r\n--b1x\r\n--b\r\r\n--b1-\r\n--b1--x\r\n--b1 x\r\n--b1\t\r\r\n"
    "--b1\r\n"
    "Content-Disposition: form-data; name=empty\r\n"
    "\r\n"
    "--b1--  \r\n"
    "--b1\r\n and so on\n";
static const char typical_heard[] =
    "[threshold|-|-]80."
    "[image|a b.jpg|image/jpeg]"
    "\r\n--b2\r\n--b1x\r\n--b\r\r\n--b1-\r\n--b1--x\r\n--b1 x\r\n--b1\t\r."
    "[empty|-|-].";

static void a_form_is_read_however_it_is_cut_in_two(void **state)
{
    size_t len = sizeof typical - 1;

    (void)state;
    for (size_t cut = 0; cut <= len; cut++) {
        struct listener listener = {0};
        struct multipart *multipart = create(FORM "b1", &listener);
        int error = read_piece(multipart, &listener, typical, cut);

        assert_int_equal(error, 0);
        error = read_piece(multipart, &listener, typical + cut, len - cut);
        assert_int_equal(finish(multipart, error, NULL), 0);
        assert_string_equal(buffer_text(&listener.heard), typical_heard);
        buffer_finish(&listener.heard);
    }
}

static void a_form_is_read_byte_by_byte(void **state)
{
    struct listener listener = {0};
    struct multipart *multipart = create(FORM "b1", &listener);

    (void)state;
    for (size_t i = 0; i < sizeof typical - 1; i++)
        assert_int_equal(read_piece(multipart, &listener, typical + i, 1), 0);
    assert_int_equal(finish(multipart, 0, NULL), 0);
    assert_string_equal(buffer_text(&listener.heard), typical_heard);
    buffer_finish(&listener.heard);
}

static void content_is_handed_on_from_where_it_lies(void **state)
{
    enum { LEN = 200000, PIECE = 4096 };
    struct buffer body = {0};
    struct listener listener = {0};
    struct multipart *multipart = create(FORM "b", &listener);

    (void)state;
    buffer_add_text(&body, "--b\r\n" HEAD);
    memset(buffer_reserve(&body, LEN), 'x', LEN);
    body.len += LEN;
    buffer_add_text(&body, "\r\n--b--\r\n");
    for (size_t i = 0; i < body.len; i += PIECE) {
        size_t len = body.len - i < PIECE ? body.len - i : PIECE;

        assert_int_equal(read_piece(multipart, &listener, body.bytes + i, len),
                         0);
    }
    assert_int_equal(finish(multipart, 0, NULL), 0);
    assert_int_equal(listener.heard.len, LEN + strlen("[a|-|-]."));
    assert_int_equal(listener.foreign, 0);
    buffer_finish(&listener.heard);
    buffer_finish(&body);
}

/* A generator of our own, so that every run is the same everywhere. */
static uint32_t draw(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % below;
}

/* Content out of what delimiters are made of, and their beginnings. */
static void add_tricky(struct buffer *body, uint32_t *seed, const char *line)
{
    static const char letters[] = "\r\n- bx";
    uint32_t count = draw(seed, 60);

    for (uint32_t i = 0; i < count; i++) {
        if (draw(seed, 4) == 0) {
            buffer_add(body, line, draw(seed, (uint32_t)strlen(line) + 1));
            buffer_add_text(body, "x"); /* so that it is no delimiter */
        } else {
            buffer_add_byte(body, letters[draw(seed, sizeof letters - 1)]);
        }
    }
}

/* A form of up to three parts, and beside it what should be heard of it. */
static void make_form(uint32_t *seed, const char *line, struct buffer *body,
                      struct buffer *expected)
{
    uint32_t parts = draw(seed, 4);

    for (uint32_t i = 0; i < parts; i++) {
        struct buffer content = {0};

        add_tricky(&content, seed, line);
        buffer_add_text(body, body->len ? line : line + 2);
        buffer_add_text(body, "\r\n" HEAD);
        buffer_add(body, content.bytes, content.len);
        buffer_add_text(expected, "[a|-|-]");
        buffer_add(expected, content.bytes, content.len);
        buffer_add_text(expected, ".");
        buffer_finish(&content);
    }
    buffer_add_text(body, body->len ? line : line + 2);
    buffer_add_text(body, draw(seed, 2) ? "--" : "--\r\nepilogue");
}

static void random_forms_come_back_whole_from_random_pieces(void **state)
{
    static const char *const boundaries[] = {"b", "bb", "-", "--", "b-b b?b"};
    uint32_t seed = 20261121;

    (void)state;
    for (int round = 0; round < 500; round++) {
        const char *boundary = boundaries[draw(&seed, COUNT(boundaries))];
        struct buffer body = {0}, expected = {0}, type = {0}, line = {0};
        struct listener listener = {0};
        struct multipart *multipart;
        uint32_t longest = 1 + draw(&seed, 90);
        size_t piece;

        buffer_printf(&type, FORM "\"%s\"", boundary);
        buffer_printf(&line, "\r\n--%s", boundary);
        make_form(&seed, line.bytes, &body, &expected);
        multipart = create(type.bytes, &listener);
        for (size_t i = 0; i < body.len; i += piece) {
            piece = draw(&seed, longest) + 1;
            piece = piece < body.len - i ? piece : body.len - i;
            assert_int_equal(
                read_piece(multipart, &listener, body.bytes + i, piece), 0);
        }
        assert_int_equal(finish(multipart, 0, NULL), 0);
        assert_string_equal(buffer_text(&listener.heard),
                            buffer_text(&expected));
        buffer_finish(&body);
        buffer_finish(&expected);
        buffer_finish(&type);
        buffer_finish(&line);
        buffer_finish(&listener.heard);
    }
}

static void a_boundary_has_at_most_70_characters(void **state)
{
    struct buffer type = {0}, body = {0};
    char boundary[72] = "";

    (void)state;
    memset(boundary, '=', 70);
    buffer_printf(&type, FORM "%s", boundary);
    buffer_printf(&body, "--%s\r\n" HEAD "--%.69s\r\n\r\n--%s--\r\n", boundary,
                  boundary, boundary);
    struct buffer expected = {0};
    buffer_printf(&expected, "[a|-|-]--%.69s\r\n.", boundary);
    assert_hears(type.bytes, body.bytes, expected.bytes);
    buffer_add_text(&type, "=");
    assert_null(create(type.bytes, NULL));
    buffer_finish(&type);
    buffer_finish(&body);
    buffer_finish(&expected);
}

static void a_bad_head_ends_the_reading(void **state)
{
    static const char body[] = "--b\r\nContent-Disposition: form-data; "
                               "name=\"a\0b\"\r\n\r\n\r\n--b--";

    (void)state;
    assert_refuses(body, sizeof body - 1, E_INVALID,
                   "A part's head has a control character in it.");
    assert_null(create("multipart/form-data", NULL));
}

static void a_form_may_be_empty(void **state)
{
    (void)state;
    assert_hears(FORM "b", "--b--", "");
    assert_hears(FORM "b", "--b--\r\n", "");
    assert_hears(FORM "b", "preamble\r\n--b-- \t", "");
}

static void a_body_must_reach_its_closing_boundary(void **state)
{
    static const char missing[] = "The body ends before its closing boundary.";
    static const char whole[] = "--b\r\n" HEAD "content\r\n--b--";

    (void)state;
    for (size_t len = 0; len < sizeof whole - 1; len++)
        assert_refuses(whole, len, E_INVALID, missing);
    assert_hears(FORM "b", whole, "[a|-|-]content.");
}

static void lines_that_end_in_lf_alone_are_refused(void **state)
{
    static const char *const bodies[] = {
        "--b\nContent-Disposition: form-data; name=a\n\nx\n--b--\n",
        "--b\r\nContent-Disposition: form-data; name=a\n\nx\n--b--\n",
        "--b\r\n\nx",
        "--b\r\n" HEAD "x\r\n--b\n",
        "--b\r\n" HEAD "x\r\n--b--\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++)
        assert_refuses(bodies[i], strlen(bodies[i]), E_INVALID,
                       "A line ends in LF alone; lines end in CRLF.");
}

static void blanks_behind_a_boundary_are_bounded(void **state)
{
    struct buffer body = {0};

    (void)state;
    buffer_printf(&body, "--b\r\n" HEAD "x\r\n--b%64s\r\n%s\r\n--b--", "",
                  HEAD);
    assert_hears(FORM "b", body.bytes, "[a|-|-]x.[a|-|-].");
    buffer_clear(&body);
    buffer_printf(&body, "--b\r\n" HEAD "x\r\n--b%65s\r\n\r\n--b--", "");
    struct buffer expected = {0};
    buffer_printf(&expected, "[a|-|-]x\r\n--b%65s\r\n.", "");
    assert_hears(FORM "b", body.bytes, expected.bytes);
    buffer_finish(&expected);
    buffer_finish(&body);
}

static void the_number_of_parts_is_bounded(void **state)
{
    struct buffer body = {0};

    (void)state;
    for (size_t i = 0; i < limits.parts; i++)
        buffer_add_text(&body, "--b\r\n" HEAD "\r\n");
    buffer_add_text(&body, "--b--");
    assert_hears(FORM "b", body.bytes, "[a|-|-].[a|-|-].[a|-|-].[a|-|-].");
    body.len -= 2;
    buffer_add_text(&body, "\r\n" HEAD "\r\n--b--");
    assert_refuses(body.bytes, body.len, E_TOO_LARGE,
                   "The body has too many parts.");
    buffer_finish(&body);
}

static void a_head_is_bounded_before_it_is_kept(void **state)
{
    struct buffer body = {0};

    (void)state;
    /* 400 bytes, with the empty line at its end. */
    buffer_printf(&body, "--b\r\nX:%0394d\r\n\r\n--b--", 0);
    assert_hears(FORM "b", body.bytes, "[|-|-].");
    buffer_clear(&body);
    buffer_printf(&body, "--b\r\nX:%0395d\r\n\r\n--b--", 0);
    assert_refuses(body.bytes, body.len, E_TOO_LARGE,
                   "A part's head is too large.");
    buffer_clear(&body);
    buffer_printf(&body, "--b\r\nX:%0100000d", 0);
    assert_refuses(body.bytes, body.len, E_TOO_LARGE,
                   "A part's head is too large.");
    buffer_finish(&body);
}

static void an_event_can_end_the_reading(void **state)
{
    static const char body[] = "--b\r\n" HEAD "x\r\n--b--";
    struct listener listener = {.error = E_TOO_LARGE};
    struct multipart *multipart = create(FORM "b", &listener);

    (void)state;
    assert_int_equal(multipart_read(multipart, body, sizeof body - 1),
                     E_TOO_LARGE);
    assert_int_equal(multipart_read(multipart, body, sizeof body - 1),
                     E_TOO_LARGE);
    assert_int_equal(multipart_end(multipart), E_TOO_LARGE);
    assert_string_equal(buffer_text(&listener.heard), "[a|-|-]x");
    multipart_destroy(multipart);
    buffer_finish(&listener.heard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_is_read_however_it_is_cut_in_two),
        cmocka_unit_test(a_form_is_read_byte_by_byte),
        cmocka_unit_test(content_is_handed_on_from_where_it_lies),
        cmocka_unit_test(random_forms_come_back_whole_from_random_pieces),
        cmocka_unit_test(a_boundary_has_at_most_70_characters),
        cmocka_unit_test(a_bad_head_ends_the_reading),
        cmocka_unit_test(a_form_may_be_empty),
        cmocka_unit_test(a_body_must_reach_its_closing_boundary),
        cmocka_unit_test(lines_that_end_in_lf_alone_are_refused),
        cmocka_unit_test(blanks_behind_a_boundary_are_bounded),
        cmocka_unit_test(the_number_of_parts_is_bounded),
        cmocka_unit_test(a_head_is_bounded_before_it_is_kept),
        cmocka_unit_test(an_event_can_end_the_reading),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
