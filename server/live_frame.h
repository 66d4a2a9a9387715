#pragma once

#include "search_options.h"
#include "services.h"
#include "sniff.h"

/*
 * A frame of the live lane: searched by whichever worker is free first, or not
 * at all.  A newer one of the same session takes its place while it waits.
 */
struct live_frame {
    const char *session; /* whose it is: the result comes back by this name */
    const char *bytes;
    size_t len;
    const struct picture_facts *facts;
    const struct search_options *options;
    const struct trace *trace;
};

/* Offers it; `job` becomes its name.  PROBLEM_NONE, or what is wrong, with a
 * sentence in `detail`. */
enum problem live_frame_offer(struct services *services,
                              const struct live_frame *frame,
                              char job[static UUID_BYTES],
                              char detail[static 128]);
