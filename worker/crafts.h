#pragma once

#include "job.h"

/* One craft for each kind of job, and one for an enrolment whose person was
 * erased. */
extern const struct craft search_craft;
extern const struct craft enroll_craft;
extern const struct craft analyze_craft;
extern const struct craft compare_craft;
extern const struct craft erase_craft;
extern const struct craft recall_craft;
