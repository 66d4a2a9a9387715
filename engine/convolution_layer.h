#pragma once

/* Networks that are read from now on have convolutions of
 * ours where they are faster than OpenCV's. */
void convolution_layer_register();
