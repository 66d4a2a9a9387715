#pragma once

#include "face.h"

/*
 * How well a face can be seen, measured on the square that the embedder looks
 * at (see alignment.h), so that large and small pictures are judged alike:
 *
 *   brightness  the mean luma; 0 is black, 100 is white
 *   sharpness   how much of the contrast lies in the finest detail: the spread
 *               of the Laplacian over the spread of the luma, brought to 0 to
 *               100 by 1 - exp(-ratio / 0.15).  A crisp face has 80 to 95;
 *               blurred by 0.7 pixels of the square it has about 70, by 1.4
 *               about 45.  A small face is enlarged to the square and so
 *               counts as blurred; noise counts as detail.
 */
struct quality quality_measure(const unsigned char *crop);
