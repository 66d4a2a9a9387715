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
#include "plane_convolution.h"
#include "tile.h"
#include "xalloc.h"

enum { LINE = 16 }; /* floats that memory brings at a time */

struct convolution {
    struct convolution_shape shape;
    size_t depth;   /* weights of an output */
    size_t groups;  /* of outputs; the last is filled up with zeros */
    float *weights; /* by group, then weight, then output */
    float *bias;
    float clamp[2];
    tile_multiply_fn *multiply;
    enum processor_skill skill;
};

enum processor_skill convolution_skill(void)
{
    return processor_has(SKILL_AVX512) ? SKILL_AVX512
           : processor_has(SKILL_AVX2) ? SKILL_AVX2
                                       : SKILL_NONE;
}

bool convolution_can_go_by_plane(const struct convolution_shape *shape)
{
    return shape->kernel_height == PLANE_KERNEL &&
           shape->kernel_width == PLANE_KERNEL && shape->stride <= 2;
}

/* ---- coming and going ---- */

struct convolution *convolution_create(const struct convolution_shape *shape,
                                       const float *weights, const float *bias,
                                       enum processor_skill skill)
{
    struct convolution *convolution = xcalloc(1, sizeof *convolution);
    size_t depth = (shape->by_plane ? 1 : shape->inputs) *
                   shape->kernel_height * shape->kernel_width;
    size_t groups = (shape->outputs + TILE_GROUP - 1) / TILE_GROUP;

    *convolution = (struct convolution){
        .shape = *shape,
        .depth = depth,
        .groups = groups,
        .weights = xcalloc(groups * depth * TILE_GROUP, sizeof(float)),
        .bias = xcalloc(groups * TILE_GROUP, sizeof(float)),
        .clamp = {-INFINITY, INFINITY},
        .multiply = tile_multiply(skill),
        .skill = skill,
    };
    assert(convolution->multiply);
    for (size_t i = 0; i < shape->outputs; i++) {
        float *group = convolution->weights +
                       i / TILE_GROUP * depth * TILE_GROUP + i % TILE_GROUP;

        for (size_t n = 0; n < depth; n++)
            group[n * TILE_GROUP] = weights[i * depth + n];
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

/*
 * Processors foresee a few streams of memory; a tile has one for each channel.
 * It is told of them: a run of the next tile, and those that are about to be
 * made.  That there may be nothing does not matter.
 */
static void expect_reads(const float *run)
{
    for (size_t k = 0; k < TILE; k += LINE)
        __builtin_prefetch(run + k);
}

static void expect_writes(const float *run)
{
    for (size_t k = 0; k < TILE; k += LINE)
        __builtin_prefetch(run + k, 1);
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

    for (size_t i = 0; i < job->convolution->depth; i++) {
        const float *from = job->in + i * plane + x;

        copy_run(job->panel + i * TILE, from, pixels);
        expect_reads(from + TILE);
    }
}

/* So many numbers of a row of an input, from column `x` of what it is with its
 * borders. */
static const float *find_line(const struct job *job, size_t input, size_t y,
                              size_t x, size_t count)
{
    const struct convolution_shape *shape = &job->convolution->shape;
    size_t end = x + count, last = job->in_width + shape->pad_left;
    bool is_inside = y >= shape->pad_top && y - shape->pad_top < job->in_height;
    const float *row = job->in;

    if (is_inside)
        row += (input * job->in_height + y - shape->pad_top) * job->in_width;
    if (is_inside && x >= shape->pad_left && end <= last)
        return row + x - shape->pad_left;
    memset(job->line, 0, count * sizeof *job->line);
    if (x < shape->pad_left)
        x = shape->pad_left;
    if (last > end)
        last = end;
    if (is_inside && x < last)
        memcpy(job->line + (count - (end - x)), row + x - shape->pad_left,
               (last - x) * sizeof *job->line);
    return job->line;
}

/* Every second number; the compiler makes vectors of it. */
static void copy_seconds(float *restrict to, const float *restrict from,
                         size_t pixels)
{
    for (size_t k = 0; k < pixels; k++)
        to[k] = from[2 * k];
}

static void copy_steps(float *to, const float *from, size_t stride,
                       size_t pixels)
{
    if (stride == 1)
        copy_run(to, from, pixels);
    else if (stride == 2)
        copy_seconds(to, from, pixels);
    else
        for (size_t k = 0; k < pixels; k++)
            to[k] = from[k * stride];
}

static void gather(const struct job *job, size_t y, size_t x, size_t pixels)
{
    const struct convolution_shape *shape = &job->convolution->shape;
    const size_t stride = shape->stride;
    const size_t count = (pixels - 1) * stride + shape->kernel_width;
    float *panel = job->panel;

    for (size_t i = 0; i < shape->inputs; i++)
        for (size_t ky = 0; ky < shape->kernel_height; ky++) {
            const float *line =
                find_line(job, i, y * stride + ky, x * stride, count);

            for (size_t kx = 0; kx < shape->kernel_width; kx++, panel += TILE)
                copy_steps(panel, line + kx, stride, pixels);
        }
}

/* Eight outputs of a tile, straight to where they go if all of them are. */
static void make_outputs(const struct job *job, size_t group, float *out,
                         size_t pixels)
{
    const struct convolution *convolution = job->convolution;
    const float *weights =
        convolution->weights + group * convolution->depth * TILE_GROUP;
    const float *bias = convolution->bias + group * TILE_GROUP;
    size_t plane = job->height * job->width;
    size_t outputs = convolution->shape.outputs - group * TILE_GROUP;
    float results[TILE_GROUP][TILE];

    if (pixels == TILE && outputs >= TILE_GROUP) {
        for (size_t k = 0; k < TILE_GROUP; k++)
            expect_writes(out + k * plane);
        convolution->multiply(weights, bias, job->panel, convolution->depth,
                              TILE, convolution->clamp, out, plane);
        return;
    }
    convolution->multiply(weights, bias, job->panel, convolution->depth,
                          (pixels + TILE_VECTOR - 1) / TILE_VECTOR *
                              TILE_VECTOR,
                          convolution->clamp, results[0], TILE);
    for (size_t k = 0; k < TILE_GROUP && k < outputs; k++)
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
        make_outputs(job, i,
                     job->out + i * TILE_GROUP * plane + y * job->width + x,
                     pixels);
}

static void run_planes(const struct convolution *convolution, const float *in,
                       size_t height, size_t width, float *out)
{
    struct plane_convolution plane = {
        .least = convolution->clamp[0],
        .most = convolution->clamp[1],
        .stride = convolution->shape.stride,
        .pad_top = convolution->shape.pad_top,
        .pad_left = convolution->shape.pad_left,
        .in_height = height,
        .in_width = width,
        .out_height = convolution_height(convolution, height),
        .out_width = convolution_width(convolution, width),
    };
    float *room = xcalloc(plane_convolution_room(&plane), sizeof *room);

    for (size_t i = 0; i < convolution->shape.outputs; i++) {
        const float *weights = convolution->weights +
                               i / TILE_GROUP * PLANE_WEIGHTS * TILE_GROUP +
                               i % TILE_GROUP;

        for (size_t n = 0; n < PLANE_WEIGHTS; n++)
            plane.weights[n] = weights[n * TILE_GROUP];
        plane.bias = convolution->bias[i];
        plane_convolution_run(&plane, convolution->skill, room,
                              in + i * height * width,
                              out + i * plane.out_height * plane.out_width);
    }
    free(room);
}

static void run_tiles(const struct convolution *convolution, const float *in,
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

void convolution_run(const struct convolution *convolution, const float *in,
                     size_t height, size_t width, float *out)
{
    if (convolution->shape.by_plane)
        run_planes(convolution, in, height, width, out);
    else
        run_tiles(convolution, in, height, width, out);
}
