#pragma once

/*
 * `facewire-engine calibrate FOLDER [PLOT]`: how well the models tell the
 * people in a folder apart.  Below the folder lies one for each person, with at
 * least two photos of that person alone in some of them.  It prints how many
 * pairs a threshold finds and how many strangers it takes for one person, the
 * thresholds for one in 1,000 and in 10,000 strangers, and draws a PLOT
 * (calibration.svg).
 *
 * Gives the program's exit status; what cannot be done ends it with a sentence.
 */
int calibrate_main(int argc, char **argv);
