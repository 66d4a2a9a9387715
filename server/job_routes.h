#pragma once

#include "call.h"

/* The routes that read jobs and their photos, and replay dead ones.  Each takes
 * the call over. */
void route_list_jobs(struct call *call);
void route_read_job(struct call *call);
void route_job_image(struct call *call);
void route_replay_job(struct call *call);
