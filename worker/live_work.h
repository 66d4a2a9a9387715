#pragma once

#include "tools.h"

/*
 * A frame of the live lane: searched at once, if it is still of use, and
 * answered to the server that it came from.  Nothing of it is kept.
 */
struct live_work;

/* `meta` is what the server said of it (JSON).  `done` is called once, later,
 * whatever came of it. */
void live_work_start(const struct tools *tools, const char *meta,
                     size_t meta_len, const void *image, size_t image_len,
                     void (*done)(void *owner), void *owner);
