#include "studio.h"

/*
 * A network small enough to be written down here: the mean colour of the
 * picture, multiplied by a matrix, gives a vector of any length.  A file of
 * this format is a tree of fields: a number that says which one, a length, and
 * that many bytes, which are fields again.
 */
static void add_varint(struct buffer *buffer, uint64_t value)
{
    while (value >= 0x80) {
        buffer_add_byte(buffer, (char)(value | 0x80));
        value >>= 7;
    }
    buffer_add_byte(buffer, (char)value);
}

static void add_number(struct buffer *buffer, unsigned field, uint64_t value)
{
    add_varint(buffer, field << 3);
    add_varint(buffer, value);
}

static void add_bytes(struct buffer *buffer, unsigned field, const void *bytes,
                      size_t len)
{
    add_varint(buffer, field << 3 | 2);
    add_varint(buffer, len);
    buffer_add(buffer, bytes, len);
}

static void add_text(struct buffer *buffer, unsigned field, const char *text)
{
    add_bytes(buffer, field, text, strlen(text));
}

/* Adds a field whose content was built apart. */
static void add_built(struct buffer *buffer, unsigned field,
                      struct buffer *content)
{
    add_bytes(buffer, field, content->bytes, content->len);
    buffer_finish(content);
}

/* A node with weights takes them as rows of what one output is made from. */
static void add_node(struct buffer *graph, const char *type, const char *input,
                     const char *weights, const char *output)
{
    struct buffer node = {0}, by_rows = {0};

    add_text(&node, 1, input);
    if (weights)
        add_text(&node, 1, weights);
    add_text(&node, 2, output);
    add_text(&node, 3, output);
    add_text(&node, 4, type);
    if (weights) {
        add_text(&by_rows, 1, "transB");
        add_number(&by_rows, 3, 1);
        add_number(&by_rows, 20, 2); /* an integer */
        add_built(&node, 5, &by_rows);
    }
    add_built(graph, 1, &node);
}

static void add_weights(struct buffer *graph, const char *name, size_t length)
{
    struct buffer tensor = {0};
    float *numbers = malloc(3 * length * sizeof *numbers);

    for (size_t i = 0; i < 3 * length; i++)
        numbers[i] = (float)(i % 7) - 3;
    add_number(&tensor, 1, length);
    add_number(&tensor, 1, 3);
    add_number(&tensor, 2, 1); /* floats */
    add_text(&tensor, 8, name);
    add_bytes(&tensor, 9, numbers, 3 * length * sizeof *numbers);
    add_built(graph, 5, &tensor);
    free(numbers);
}

static void add_place(struct buffer *graph, unsigned field, const char *name,
                      const unsigned *sizes, size_t count)
{
    struct buffer shape = {0}, tensor = {0}, type = {0}, place = {0};

    for (size_t i = 0; i < count; i++) {
        struct buffer dimension = {0};

        add_number(&dimension, 1, sizes[i]);
        add_built(&shape, 1, &dimension);
    }
    add_number(&tensor, 1, 1); /* floats */
    add_built(&tensor, 2, &shape);
    add_built(&type, 1, &tensor);
    add_text(&place, 1, name);
    add_built(&place, 2, &type);
    add_built(graph, field, &place);
}

static void make_embedder(struct buffer *model, unsigned length)
{
    const unsigned in[] = {1, 3, NETWORKS_CROP, NETWORKS_CROP};
    const unsigned out[] = {1, length};
    struct buffer graph = {0}, rules = {0};

    add_node(&graph, "GlobalAveragePool", "data", NULL, "mean");
    add_node(&graph, "Flatten", "mean", NULL, "row");
    add_node(&graph, "Gemm", "row", "matrix", "embedding");
    add_text(&graph, 2, "tiny");
    add_weights(&graph, "matrix", length);
    add_place(&graph, 11, "data", in, COUNT(in));
    add_place(&graph, 12, "embedding", out, COUNT(out));
    add_number(model, 1, 7);
    add_number(&rules, 2, 11);
    add_built(model, 8, &rules);
    add_built(model, 7, &graph);
}

static struct models models;

static struct networks *create(const struct model *detector,
                               const struct buffer *embedder, char *problem)
{
    const struct networks_models files = {
        .detector = detector->bytes,
        .detector_bytes = detector->len,
        .embedder = embedder->bytes,
        .embedder_bytes = embedder->len,
    };

    return networks_create(&files, problem);
}

static void an_embedder_is_known_by_its_vectors(void **state)
{
    unsigned char crop[NETWORKS_CROP_BYTES];
    char problem[NETWORKS_PROBLEM_BYTES] = "";
    float vector[NETWORKS_VECTOR_MAX];
    struct buffer tiny = {0};
    struct networks *networks;

    (void)state;
    make_embedder(&tiny, 128);
    networks = create(&models.detector, &tiny, problem);
    assert_string_equal(problem, "");
    assert_non_null(networks);
    assert_int_equal(networks_vector_length(networks), 128);

    /* Red comes first: 100 * -3 + 0 * -2 + 10 * -1. */
    for (size_t i = 0; i < sizeof crop; i += 3)
        memcpy(crop + i, (unsigned char[]){10, 0, 100}, 3);
    assert_int_equal(networks_embed(networks, crop, vector), 0);
    assert_float_equal(vector[0], -310, 1e-3);
    networks_destroy(networks);
    buffer_finish(&tiny);
}

static void an_embedder_with_other_vectors_is_refused(void **state)
{
    char problem[NETWORKS_PROBLEM_BYTES] = "";
    struct buffer tiny = {0};

    (void)state;
    make_embedder(&tiny, 64);
    assert_null(create(&models.detector, &tiny, problem));
    assert_string_equal(problem, "the embedder's vectors have neither 128 nor "
                                 "256 numbers");
    buffer_finish(&tiny);
}

static void a_file_that_is_no_network_is_refused(void **state)
{
    struct buffer tiny = {0};
    char text[] = "not a network at all";
    const struct model diary = {.bytes = text, .len = sizeof text};
    const struct buffer page = {.bytes = text, .len = sizeof text};
    char problem[NETWORKS_PROBLEM_BYTES] = "";

    (void)state;
    make_embedder(&tiny, 128);
    assert_null(create(&diary, &tiny, problem));
    assert_non_null(strstr(problem, "the detector is no network"));
    assert_null(create(&models.detector, &page, problem));
    assert_non_null(strstr(problem, "the embedder is no network"));
    buffer_finish(&tiny);
}

static void a_detector_with_other_outputs_is_refused(void **state)
{
    struct buffer tiny = {0};
    char problem[NETWORKS_PROBLEM_BYTES] = "";

    (void)state;
    make_embedder(&tiny, 128);
    assert_null(create(&models.embedder, &tiny, problem));
    assert_true(strlen(problem) > 0);
    buffer_finish(&tiny);
}

static int set_up(void **state)
{
    (void)state;
    studio_load_models(&models);
    networks_library_init();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    models_finish(&models);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_embedder_is_known_by_its_vectors),
        cmocka_unit_test(an_embedder_with_other_vectors_is_refused),
        cmocka_unit_test(a_file_that_is_no_network_is_refused),
        cmocka_unit_test(a_detector_with_other_outputs_is_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
