#pragma once

#include "face.h"
#include "networks.h"

/*
 * Where a face must lie in the embedder's square: the turn, size and shift that
 * bring its five points (in pixels of the picture) nearest to the five places
 * the network was trained with.  `matrix` is two rows of three, as networks_cut
 * takes it.  E_INVALID if the points lie in one place.
 */
int alignment_find(const struct point points[static FACE_POINTS],
                   double matrix[static 6]) MUST_CHECK;
