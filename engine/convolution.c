/*
 * convolution.c - a convolution of planes of floats
 *
 * Outputs are made in tiles: TILE pixels that lie side by side, of all
 * channels.  What a tile needs is first gathered in a panel, a row for each
 * weight of an output, so that everything after it reads small memory from end
 * to end.  Then eight outputs at a time are added up, a vector of pixels each.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "convolution.h"
#include "xalloc.h"

enum { TILE = 64, GROUP = 8, VECTOR = 16 };

/* Eight outputs of so many pixels, a multiple of VECTOR, `stride` floats apart:
 * `depth` rows of a panel, each times eight weights, and a bias each. */
typedef void multiply_fn(const float *weights, const float *bias,
                         const float *panel, size_t depth, size_t pixels,
                         const float clamp[static 2], float *out,
                         size_t stride);

struct convolution {
    struct convolution_shape shape;
    size_t depth;   /* weights of an output */
    size_t groups;  /* of outputs; the last is filled up with zeros */
    float *weights; /* by group, then weight, then output */
    float *bias;
    float clamp[2];
    multiply_fn *multiply;
};

/* ---- eight outputs ---- */

#ifdef __x86_64__

#include <immintrin.h>

/* Arrays stay in registers only where every index is a constant. */
#define EACH_OUTPUT(work)                                                      \
    work(0) work(1) work(2) work(3) work(4) work(5) work(6) work(7)

WITH_AVX512 static void multiply_avx512(const float *weights, const float *bias,
                                        const float *panel, size_t depth,
                                        size_t pixels,
                                        const float clamp[static 2], float *out,
                                        size_t stride)
{
    const __m512 least = _mm512_set1_ps(clamp[0]);
    const __m512 most = _mm512_set1_ps(clamp[1]);

    for (size_t i = 0; i < pixels; i += 16) {
        const float *weight = weights;
        __m512 sums[GROUP];

#define BEGIN(k) sums[(k)] = _mm512_set1_ps(bias[(k)]);
#define ADD(k)                                                                 \
    sums[(k)] = _mm512_fmadd_ps(_mm512_set1_ps(weight[(k)]), row, sums[(k)]);
#define END(k)                                                                 \
    _mm512_storeu_ps(out + (k)*stride + i,                                     \
                     _mm512_min_ps(_mm512_max_ps(sums[(k)], least), most));
        EACH_OUTPUT(BEGIN)
        for (size_t n = 0; n < depth; n++, weight += GROUP) {
            const __m512 row = _mm512_loadu_ps(panel + n * TILE + i);

            EACH_OUTPUT(ADD)
        }
        EACH_OUTPUT(END)
#undef BEGIN
#undef ADD
#undef END
    }
}

WITH_AVX2 static void multiply_avx2(const float *weights, const float *bias,
                                    const float *panel, size_t depth,
                                    size_t pixels, const float clamp[static 2],
                                    float *out, size_t stride)
{
    const __m256 least = _mm256_set1_ps(clamp[0]);
    const __m256 most = _mm256_set1_ps(clamp[1]);

    for (size_t i = 0; i < pixels; i += 8) {
        const float *weight = weights;
        __m256 sums[GROUP];

#define BEGIN(k) sums[(k)] = _mm256_set1_ps(bias[(k)]);
#define ADD(k)                                                                 \
    sums[(k)] = _mm256_fmadd_ps(_mm256_set1_ps(weight[(k)]), row, sums[(k)]);
#define END(k)                                                                 \
    _mm256_storeu_ps(out + (k)*stride + i,                                     \
                     _mm256_min_ps(_mm256_max_ps(sums[(k)], least), most));
        EACH_OUTPUT(BEGIN)
        for (size_t n = 0; n < depth; n++, weight += GROUP) {
            const __m256 row = _mm256_loadu_ps(panel + n * TILE + i);

            EACH_OUTPUT(ADD)
        }
        EACH_OUTPUT(END)
#undef BEGIN
#undef ADD
#undef END
    }
}

static multiply_fn *choose(enum processor_skill skill)
{
    return skill == SKILL_AVX512 ? multiply_avx512 : multiply_avx2;
}

#else

static multiply_fn *choose(enum processor_skill skill)
{
    (void)skill;
    return NULL;
}

#endif

enum processor_skill convolution_skill(void)
{
    return processor_has(SKILL_AVX512) ? SKILL_AVX512
           : processor_has(SKILL_AVX2) ? SKILL_AVX2
                                       : SKILL_NONE;
}

/* ---- coming and going ---- */

struct convolution *convolution_create(const struct convolution_shape *shape,
                                       const float *weights, const float *bias,
                                       enum processor_skill skill)
{
    struct convolution *convolution = xcalloc(1, sizeof *convolution);
    size_t depth = shape->inputs * shape->kernel_height * shape->kernel_width;
    size_t groups = (shape->outputs + GROUP - 1) / GROUP;

    *convolution = (struct convolution){
        .shape = *shape,
        .depth = depth,
        .groups = groups,
        .weights = xcalloc(groups * depth * GROUP, sizeof(float)),
        .bias = xcalloc(groups * GROUP, sizeof(float)),
        .clamp = {-INFINITY, INFINITY},
        .multiply = choose(skill),
    };
    assert(convolution->multiply);
    for (size_t i = 0; i < shape->outputs; i++) {
        float *group =
            convolution->weights + i / GROUP * depth * GROUP + i % GROUP;

        for (size_t n = 0; n < depth; n++)
            group[n * GROUP] = weights[i * depth + n];
        convolution->bias[i] = bias[i];
    }
    return convolution;
}

void convolution_destroy(struct convolution *convolution)
{
    if (!convolution)
        return;
    free(convolution->weights);
    free(convolution->bias);
    free(convolution);
}

void convolution_clamp(struct convolution *convolution, float least, float most)
{
    convolution->clamp[0] = least;
    convolution->clamp[1] = most;
}

static size_t side(size_t length, size_t kernel, size_t stride)
{
    return length < kernel ? 0 : (length - kernel) / stride + 1;
}

size_t convolution_height(const struct convolution *convolution, size_t length)
{
    const struct convolution_shape *shape = &convolution->shape;

    return side(length + shape->pad_top + shape->pad_bottom,
                shape->kernel_height, shape->stride);
}

size_t convolution_width(const struct convolution *convolution, size_t length)
{
    const struct convolution_shape *shape = &convolution->shape;

    return side(length + shape->pad_left + shape->pad_right,
                shape->kernel_width, shape->stride);
}

/* ---- one picture ---- */

/* What is worked on. */
struct job {
    const struct convolution *convolution;
    const float *in;
    size_t in_height, in_width;
    float *panel;
    float *line; /* what a row of a tile is made from, with its borders */
    float *out;
    size_t height, width;
};

/* A constant length is copied in a few instructions. */
static void copy_run(float *to, const float *from, size_t pixels)
{
    if (pixels == TILE)
        memcpy(to, from, TILE * sizeof *to);
    else
        memcpy(to, from, pixels * sizeof *to);
}

/* Each output comes from one place. */
static bool is_plain(const struct convolution_shape *shape)
{
    return shape->kernel_height * shape->kernel_width * shape->stride == 1 &&
           shape->pad_top + shape->pad_bottom + shape->pad_left +
                   shape->pad_right ==
               0;
}

static void gather_plainly(const struct job *job, size_t x, size_t pixels)
{
    const size_t plane = job->in_height * job->in_width;

    for (size_t i = 0; i < job->convolution->depth; i++)
        copy_run(job->panel + i * TILE, job->in + i * plane + x, pixels);
}

/* So many numbers of a row of an input, from column `x` of what it is with its
 * borders. */
static void read_line(const struct job *job, size_t input, size_t y, size_t x,
                      size_t count)
{
    const struct convolution_shape *shape = &job->convolution->shape;
    size_t end = x + count, last = job->in_width + shape->pad_left;

    memset(job->line, 0, count * sizeof *job->line);
    if (y < shape->pad_top || y - shape->pad_top >= job->in_height)
        return;
    y += input * job->in_height - shape->pad_top;
    if (x < shape->pad_left)
        x = shape->pad_left;
    if (last > end)
        last = end;
    if (x < last)
        memcpy(job->line + (count - (end - x)),
               job->in + y * job->in_width + x - shape->pad_left,
               (last - x) * sizeof *job->line);
}

static void gather(const struct job *job, size_t y, size_t x, size_t pixels)
{
    const struct convolution_shape *shape = &job->convolution->shape;
    const size_t stride = shape->stride;
    const size_t count = (pixels - 1) * stride + shape->kernel_width;
    float *panel = job->panel;

    for (size_t i = 0; i < shape->inputs; i++)
        for (size_t ky = 0; ky < shape->kernel_height; ky++) {
            read_line(job, i, y * stride + ky, x * stride, count);
            for (size_t kx = 0; kx < shape->kernel_width; kx++, panel += TILE)
                for (size_t k = 0; k < pixels; k++)
                    panel[k] = job->line[k * stride + kx];
        }
}

/* Eight outputs of a tile, straight to where they go if all of them are. */
static void make_outputs(const struct job *job, size_t group, float *out,
                         size_t pixels)
{
    const struct convolution *convolution = job->convolution;
    const float *weights =
        convolution->weights + group * convolution->depth * GROUP;
    const float *bias = convolution->bias + group * GROUP;
    size_t plane = job->height * job->width;
    size_t outputs = convolution->shape.outputs - group * GROUP;
    float results[GROUP][TILE];

    if (pixels == TILE && outputs >= GROUP) {
        convolution->multiply(weights, bias, job->panel, convolution->depth,
                              TILE, convolution->clamp, out, plane);
        return;
    }
    convolution->multiply(weights, bias, job->panel, convolution->depth,
                          (pixels + VECTOR - 1) / VECTOR * VECTOR,
                          convolution->clamp, results[0], TILE);
    for (size_t k = 0; k < GROUP && k < outputs; k++)
        copy_run(out + k * plane, results[k], pixels);
}

static void make_tile(const struct job *job, size_t y, size_t x, size_t pixels)
{
    size_t plane = job->height * job->width;

    if (is_plain(&job->convolution->shape))
        gather_plainly(job, x, pixels);
    else
        gather(job, y, x, pixels);
    for (size_t i = 0; i < job->convolution->groups; i++)
        make_outputs(job, i, job->out + i * GROUP * plane + y * job->width + x,
                     pixels);
}

void convolution_run(const struct convolution *convolution, const float *in,
                     size_t height, size_t width, float *out)
{
    const struct convolution_shape *shape = &convolution->shape;
    size_t panel_floats = convolution->depth * TILE;
    float *panel =
        xcalloc(panel_floats + TILE * shape->stride + shape->kernel_width,
                sizeof *panel);
    struct job job = {.convolution = convolution,
                      .in = in,
                      .in_height = height,
                      .in_width = width,
                      .panel = panel,
                      .line = panel + panel_floats,
                      .height = convolution_height(convolution, height),
                      .width = convolution_width(convolution, width)};

    job.out = out;
    if (is_plain(shape)) {
        /* Where a row ends does not matter. */
        job.width *= job.height;
        job.height = 1;
    }
    for (size_t y = 0; y < job.height; y++)
        for (size_t x = 0; x < job.width; x += TILE)
            make_tile(&job, y, x, job.width - x < TILE ? job.width - x : TILE);
    free(panel);
}
