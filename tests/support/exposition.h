#pragma once

#include "basics.h"

/*
 * Figures in the text format of Prometheus, 0.0.4, read as strictly as a
 * scraper might: families stand together behind their HELP and TYPE, no series
 * comes twice, counters end in _total, and histograms add up.
 */

/* Ends the test at the first line that is wrong. */
void exposition_check(const char *text);

/* The value of a series, as it stands: "facewire_job_seconds_count{kind=…}";
 * ends the test if there is none. */
double exposition_value(const char *text, const char *series);
