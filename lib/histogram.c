/*
 * histogram.c - how long something took, again and again
 */
#include <inttypes.h>

#include "histogram.h"

/* The upper bounds of the buckets; the last bucket has none. */
static const struct {
    int64_t us;
    const char *seconds;
} bounds[] = {
    {100, "0.0001"},  {250, "0.00025"}, {500, "0.0005"},  {1000, "0.001"},
    {2500, "0.0025"}, {5000, "0.005"},  {10000, "0.01"},  {25000, "0.025"},
    {50000, "0.05"},  {100000, "0.1"},  {250000, "0.25"}, {500000, "0.5"},
    {1000000, "1"},   {2500000, "2.5"}, {5000000, "5"},   {10000000, "10"},
    {30000000, "30"}, {60000000, "60"},
};
static_assert(COUNT(bounds) + 1 == HISTOGRAM_BUCKETS, "a bucket has no bound");

void histogram_count(struct histogram *histogram, int64_t us)
{
    size_t i = 0;

    while (i < COUNT(bounds) && us > bounds[i].us)
        i++;
    histogram->counts[i]++;
    histogram->sum_us += (uint64_t)us;
}

uint64_t histogram_total(const struct histogram *histogram)
{
    uint64_t total = 0;

    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        total += histogram->counts[i];
    return total;
}

/* A sample of the series; `suffix` begins with what follows the name. */
static void write_end(struct buffer *out, const char *name, const char *suffix,
                      const char *labels)
{
    buffer_printf(out, labels[0] ? "%s%s{%s} " : "%s%s%s ", name, suffix,
                  labels);
}

/* Each bucket counts those before it as well. */
void histogram_write(const struct histogram *histogram, const char *name,
                     const char *labels, struct buffer *out)
{
    const char *comma = labels[0] ? "," : "";
    uint64_t total = 0;

    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        total += histogram->counts[i];
        buffer_printf(out, "%s_bucket{%s%sle=\"%s\"} %" PRIu64 "\n", name,
                      labels, comma,
                      i < COUNT(bounds) ? bounds[i].seconds : "+Inf", total);
    }
    write_end(out, name, "_sum", labels);
    buffer_printf(out, "%" PRIu64 ".%06" PRIu64 "\n",
                  histogram->sum_us / 1000000, histogram->sum_us % 1000000);
    write_end(out, name, "_count", labels);
    buffer_printf(out, "%" PRIu64 "\n", total);
}
