#pragma once

#include "networks.h"

/*
 * How much the square that the embedder looks at shows of a frame: of edges
 * that lie across the bridge of the nose and across a temple, where a face
 * without eyeglasses has few.  0 is none; eyeglasses have 0.4 and more.  The
 * edges are measured against the contrast of the whole square.
 */
double eyeglasses_measure(const unsigned char *crop);
