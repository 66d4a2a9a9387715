#pragma once

#include "database.h"

/* A time of a row as RFC 3339, to be freed; NULL where the column is NULL. */
char *row_time(const struct row *row, size_t column) MUST_CHECK;
