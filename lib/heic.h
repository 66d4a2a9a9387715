#pragma once

#include <stddef.h>
#include <stdint.h>

#include "basics.h"

/*
 * How many pixels a decoder makes, all in all, when it decodes this HEIC file.
 *
 * The size that the file gives for its picture binds no decoder: each tile says
 * anew, inside its stream, how large it is, and a tile may be used many times
 * or be a whole film.  A file of 600 bytes that calls itself small can keep a
 * processor busy for minutes.  So this looks where decoders look.  E_INVALID if
 * the file is damaged, E_UNSUPPORTED if it does what only such files do.
 */
int heic_cost(const void *bytes, size_t len, uint64_t *pixels) MUST_CHECK;
