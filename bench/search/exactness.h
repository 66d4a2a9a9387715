#pragma once

/* The percentage of the ten best of ten thousand searches, among twenty
 * thousand faces, that are those of a plain loop: the same face in the same
 * place, with the same cosine to the last bit. */
double exactness_measure(void);
