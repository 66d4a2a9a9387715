#pragma once

/* `facewire-engine check [FOLDER]`: says what is wrong with an engine's folder,
 * or a backup, also while an engine works with it.  Gives the exit status. */
int check_main(int argc, char **argv);
